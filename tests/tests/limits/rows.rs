//! The rows of `docs/limits.md`, in their order: where the code has each bound, and what exceeds it.

use std::collections::BTreeMap;

use super::sources::of_constant;
use super::walk::{self, Walk};

/// A row of the page.
pub(crate) struct Row {
    pub(crate) what: &'static str,
    source: Source,
    pub(crate) shown: Shown,
}

/// Where the code has a bound.
enum Source {
    /// A constant of a file.
    Constant(&'static str, &'static str),
    /// An option of `wasmcp serve`.
    Option(&'static str),
    /// A setting.
    Setting(&'static str),
    /// The page says it in words.
    Words,
}

/// What exceeds a bound.
pub(crate) enum Shown {
    /// A case of the walk.
    Walk(fn(&Walk)),
    /// Another test: its file and its name.
    By(&'static str, &'static str),
    /// No test can, for this reason.
    No(#[allow(dead_code, reason = "for readers")] &'static str),
}

use Shown::{By, No};
use Source::{Constant, Option as Opt, Setting, Words};

const fn row(what: &'static str, source: Source, shown: Shown) -> Row {
    Row { what, source, shown }
}

impl Row {
    /// The ways in which the page may write the default. None where it has words.
    pub(crate) fn defaults(
        &self,
        options: &BTreeMap<String, String>,
        settings: &BTreeMap<String, Vec<String>>,
    ) -> Vec<String> {
        match self.source {
            Constant(file, name) => of_constant(file, name),
            Opt(name) => vec![options.get(name).unwrap_or_else(|| panic!("no option {name}")).clone()],
            Setting(name) => settings.get(name).unwrap_or_else(|| panic!("no setting {name}")).clone(),
            Words => Vec::new(),
        }
    }

    /// The constant of the row, if it has one.
    pub(crate) fn constant(&self) -> Option<(&'static str, &'static str)> {
        match self.source {
            Constant(file, name) => Some((file, name)),
            _ => None,
        }
    }
}

const LISTEN_TESTS: &str = "cli/src/http/listen_tests.rs";
const HTTP_TESTS: &str = "cli/src/host/services/http_tests.rs";
const HTTP_CONNECTION: &str = "cli/src/host/egress/http_connection.rs";
const CONNECT: &str = "cli/src/host/egress/connect.rs";
const IDLE: &str = "cli/src/host/egress/idle_connections.rs";
const IDLE_LIMITS: Shown = By(IDLE, "idle_connections_have_a_limit_for_each_target_and_one_over_all_targets");
const DESCRIPTORS: &str = "cli/src/host/descriptors.rs";
const SHARES: Shown = By(DESCRIPTORS, "components_share_what_clients_leave");
const BUDGET: &str = "cli/src/http/byte_budget.rs";
const TURNED_AWAY: Shown = By(LISTEN_TESTS, "a_client_that_stalls_or_sends_too_much_is_turned_away");
const DISCARDED: Shown = By(LISTEN_TESTS, "a_refused_body_is_dropped_for_a_bounded_size_and_silence");
const TIMEOUTS: &str = "cli/src/http/timeouts.rs";
const STORE: &str = "cli/src/host/instance/store.rs";
const RULES: &str = "crates/catalog/src/provider_rules.rs";
const STATE: &str = "crates/state/src/memory.rs";
const STATE_TESTS: &str = "tests/tests/state.rs";
const VIEWS: &str = "crates/settings/src/view.rs";
const NO_VIEW: Shown = By(VIEWS, "what_is_no_view_is_refused");
const NO_TIME: Shown = No("a test would have to wait for minutes");

/// The rows.
#[rustfmt::skip]
pub(crate) const ROWS: &[Row] = &[
    row("time of a call", Opt("--limit-time"), Shown::Walk(walk::time)),
    row("memory of a call", Opt("--limit-memory"), Shown::Walk(walk::memory)),
    row("what a call passes to the host at once", Opt("--limit-result"), Shown::Walk(walk::transfer)),
    row("events while a call runs", Opt("--limit-result"), By("cli/src/host/services/live.rs", "the_events_of_a_call_share_its_result_limit")),
    row("elements of a table", Constant("cli/src/host/instance/memory_limit.rs", "TABLE_ELEMENTS"), By("cli/src/host/instance/memory_limit.rs", "tables_have_a_limit_of_their_own")),
    row("memory that counts for each handle of the host, once a call makes messages of `wasi:http` or headers for them", Constant(STORE, "HANDLE_BYTES"), By("cli/src/host/services/http_messages.rs", "what_the_host_holds_of_messages_counts_as_memory_of_the_call")),
    row("handles of the host", Constant(STORE, "MAX_HANDLES"), Shown::Walk(walk::handles)),
    row("random bytes at once", Constant(STORE, "MAX_RANDOM_BYTES"), Shown::Walk(walk::random)),
    row("headers of a message of `wasi:http`", Constant(STORE, "MAX_FIELDS_BYTES"), Shown::Walk(walk::headers)),
    row("method, authority or path of a request", Constant("cli/src/host/services/http_messages.rs", "MAX_PART_BYTES"), Shown::Walk(walk::parts)),
    row("a piece of a body", Constant("cli/src/host/egress/hooks.rs", "BODY_CHUNK_BYTES"), Shown::Walk(walk::bodies)),
    row("what a composed file passes to the host at once", Constant("cli/src/host/instance/limits.rs", "MIN_TRANSFER_BYTES"), Shown::Walk(walk::composed_answer)),

    row("calls of a component at once", Opt("--max-concurrent"), Shown::Walk(walk::calls)),
    row("instances of a component that wait for a call", Opt("--prepared"), By("cli/src/host/prepared.rs", "a_component_has_as_many_prepared_instances_as_it_may_have")),
    row("wait for a place, or for memory to start with", Constant("cli/src/host/instance/concurrency.rs", "QUEUE_TIMEOUT"), Shown::Walk(walk::calls)),
    row("memory of all calls", Words, Shown::Walk(walk::memory_of_all)),
    row("memory that stays in place between calls", Words, By("cli/src/host/engine.rs", "what_stays_in_place_is_a_part_of_the_memory_for_all_calls")),
    row("core modules of a component", Constant("cli/src/host/engine.rs", "MAX_CORE_INSTANCES"), Shown::Walk(walk::modules)),
    row("bytes of a component", Constant("cli/src/host/compile.rs", "MAX_COMPONENT_BYTES"), By("cli/src/host/compile.rs", "a_file_that_is_too_large_for_a_component_is_refused")),

    row("requests of `wasi:http` that a call has sent, and that have no response yet", Constant("cli/src/host/egress/hooks.rs", "MAX_SENT_REQUESTS"), By("cli/src/host/egress/hooks.rs", "a_call_may_have_so_many_requests_without_a_response_and_no_more")),
    row("requests on their way, of a component", Constant(DESCRIPTORS, "MAX_ACTIVE"), By(HTTP_TESTS, "a_request_waits_for_a_connection_within_its_time")),
    row("idle connections of a component", Constant(IDLE, "MAX_IDLE"), IDLE_LIMITS),
    row("idle connections to one server", Constant(IDLE, "MAX_IDLE_PER_TARGET"), IDLE_LIMITS),
    row("time that an idle connection is kept", Constant(IDLE, "IDLE_TIMEOUT"), By(IDLE, "a_connection_that_is_not_used_again_is_closed_though_no_other_ends")),
    row("open files that components leave alone", Constant(DESCRIPTORS, "RESERVED_DESCRIPTORS"), SHARES),
    row("name lookups of a component at once", Constant("cli/src/host/grant.rs", "MAX_LOOKUPS"), No("the system's resolver cannot be made to hang")),
    row("time of a name lookup", Constant(CONNECT, "LOOKUP_TIMEOUT"), No("the system's resolver cannot be made to hang")),
    row("time of an address while there is another one", Constant(CONNECT, "ADDRESS_TIMEOUT"), By(CONNECT, "an_address_that_does_not_answer_or_refuses_leaves_the_next_one_to_try")),
    row("any timeout that a component sets", Constant("cli/src/host/egress/hooks.rs", "MAX_TIMEOUT"), NO_TIME),
    row("bytes that a server sends before its response, informational responses among them", Constant(HTTP_CONNECTION, "MAX_BYTES_BEFORE_RESPONSE"), By(HTTP_CONNECTION, "a_server_that_sends_informational_responses_for_ever_is_given_up")),
    row("head of a response, and bytes read ahead", Constant(HTTP_CONNECTION, "MAX_BUFFER_BYTES"), By(HTTP_CONNECTION, "a_response_whose_head_is_too_large_is_an_error")),
    row("requests of one `http.send`", Constant("crates/http-service/src/lib.rs", "MAX_REQUESTS"), By(HTTP_TESTS, "one_send_has_a_limited_number_of_requests")),
    row("requests of one `http.send` at once", Constant("crates/http-service/src/lib.rs", "MAX_IN_FLIGHT"), By(HTTP_TESTS, "more_requests_than_can_be_in_flight_wait_for_their_turn")),
    row("headers of a request of `http.send`", Constant("crates/http-service/src/request.rs", "MAX_HEADERS"), By("crates/http-service/src/request_tests.rs", "a_header_cannot_add_another_one")),
    row("responses of one `http.send`", Opt("--limit-result"), By(HTTP_TESTS, "the_responses_of_one_send_share_the_result_limit")),
    row("bytes of memory that count for each byte of these responses; the bodies of their requests count once", Constant("cli/src/host/services/http.rs", "BYTES_PER_BYTE"), By(HTTP_TESTS, "what_is_sent_and_the_responses_count_as_memory_of_the_call")),

    row("entries of a provider", Constant(STATE, "MAX_ENTRIES"), By(STATE_TESTS, "so_many_entries_fit_and_no_more")),
    row("bytes of all entries of a provider; each counts 256 bytes besides its key and value", Opt("--limit-state"), By(STATE_TESTS, "a_full_store_says_what_to_do_and_takes_no_room_of_its_neighbour")),
    row("bytes of a key", Constant("crates/state/src/entry.rs", "MAX_KEY_BYTES"), By(STATE_TESTS, "what_fits_in_no_store_is_refused_with_what_to_do")),
    row("value of an entry", Constant("crates/state/src/entry.rs", "MAX_VALUE_BYTES"), By(STATE_TESTS, "what_fits_in_no_store_is_refused_with_what_to_do")),

    row("connections at once", Opt("--max-connections"), Shown::Walk(walk::connections)),
    row("time of an idle connection", Opt("--keep-alive"), By(LISTEN_TESTS, "an_idle_connection_is_kept_as_long_as_the_option_says")),
    row("time of the head of a request", Constant(TIMEOUTS, "HEAD_TIMEOUT"), TURNED_AWAY),
    row("head of a request", Constant("cli/src/http/listen.rs", "MAX_HEAD_SIZE"), TURNED_AWAY),
    row("headers of a request", Constant("cli/src/http/listen.rs", "MAX_HEADERS"), TURNED_AWAY),
    row("body of a request", Setting("transport.body-limit"), Shown::Walk(walk::body)),
    row("time of a part of a body; a whole body has ten times as long", Constant(TIMEOUTS, "BODY_CHUNK_TIMEOUT"), TURNED_AWAY),
    row("time of a body while other clients wait for a connection", Constant(TIMEOUTS, "CONTESTED_BODY_TIMEOUT"), By(LISTEN_TESTS, "bodies_that_trickle_make_room_for_a_client_that_waits")),
    row("bytes of a body that are read ahead", Constant("cli/src/http/listen.rs", "MAX_BUFFER_SIZE"), By(LISTEN_TESTS, "a_body_without_end_is_given_up")),
    row("bytes of a body before a composed file runs", Constant("cli/src/http/read_ahead.rs", "READ_AHEAD_BYTES"), TURNED_AWAY),
    row("body that a composed file's server keeps for the id of its request", Constant("cli/src/http/read_ahead.rs", "KEPT_BYTES"), No("the id alone is left out of the server's own errors")),
    row("bodies of all clients", Constant(BUDGET, "MAX_BODY_BYTES"), By(LISTEN_TESTS, "bodies_of_clients_that_stall_leave_room_for_small_ones_alone")),
    row("answers that clients have not read, of all", Constant(BUDGET, "MAX_ANSWER_BYTES"), By(LISTEN_TESTS, "answers_that_clients_do_not_read_leave_room_for_small_ones_alone")),
    row("answers that wait for room", Constant(BUDGET, "MAX_WAITING_ANSWER_BYTES"), By(BUDGET, "what_finds_no_room_waits_for_a_while_and_small_messages_never")),
    row("time to wait for room", Constant(BUDGET, "ROOM_TIMEOUT"), By(BUDGET, "what_finds_no_room_waits_for_a_while_and_small_messages_never")),
    row("bytes of a message that count for none of these", Constant(BUDGET, "UNCOUNTED_BYTES"), By(BUDGET, "a_message_counts_from_its_65537th_byte_on_and_is_given_back")),
    row("time without reading anything of an answer", Constant("cli/src/http/monitored_stream.rs", "WRITE_STALL_TIMEOUT"), NO_TIME),
    row("time without having read all that there is of an answer while other clients wait for a connection", Constant(TIMEOUTS, "CONTESTED_ANSWER_TIMEOUT"), By("cli/src/http/room_tests.rs", "where_no_connection_is_idle_the_client_makes_room_that_is_behind_for_the_longest_time")),
    row("time until all that there is of an answer has been read; a stream that its client keeps up with may go on", Constant(TIMEOUTS, "BEHIND_TIMEOUT"), By(LISTEN_TESTS, "a_client_that_reads_its_answer_for_ever_is_cut_off")),
    row("bytes that are read on after a refusal", Constant("cli/src/http/client_body.rs", "DISCARD_BYTES"), DISCARDED),
    row("time of reading on after a refusal", Constant(TIMEOUTS, "DISCARD_TIMEOUT"), DISCARDED),
    row("silence while reading on after a refusal", Constant(TIMEOUTS, "DISCARD_CHUNK_TIMEOUT"), DISCARDED),
    row("time to stop", Opt("--drain-timeout"), By(LISTEN_TESTS, "a_call_that_is_not_done_in_the_time_to_drain_is_told_that_it_may_have_run")),
    row("time to send these errors", Constant("cli/src/http/listen.rs", "LAST_ANSWERS_TIMEOUT"), By(LISTEN_TESTS, "a_call_that_is_not_done_in_the_time_to_drain_is_told_that_it_may_have_run")),
    row("time after a client closed its side (2026-07-28)", Constant("cli/src/http/monitored_stream.rs", "HALF_CLOSE_GRACE"), By("tests/tests/disconnect.rs", "a_disconnect_cancels_calls_of_2026_07_28_alone")),

    row("levels of JSON", Constant("crates/protocol/src/json/strict.rs", "MAX_DEPTH"), By("crates/protocol/src/jsonrpc/tests.rs", "nesting_has_a_limit_of_its_own")),
    row("URI of a resource", Constant("crates/protocol/src/resources.rs", "MAX_URI_BYTES"), By("crates/server/tests/families.rs", "a_uri_that_is_too_long_is_refused_with_the_limit")),
    row("result as JSON, and the events of one leg", Setting("transport.result-limit"), Shown::Walk(walk::result)),
    row("answer of a composed file, or an event of its stream", Opt("--limit-result"), Shown::Walk(walk::composed_answer)),
    row("text of a provider's error", Constant("crates/server/src/error/provider.rs", "MAX_ERROR_TEXT"), Shown::Walk(walk::error_text)),
    row("scopes that a provider's error asks for", Constant("crates/server/src/error/provider.rs", "MAX_SCOPES"), By("crates/server/src/error/provider.rs", "scopes_are_told_once_and_not_too_many")),
    row("size of these scopes", Constant("crates/server/src/error/provider.rs", "MAX_SCOPES_SIZE"), By("crates/server/src/error/provider.rs", "scopes_are_told_once_and_not_too_many")),
    row("events that wait for a client", Constant("crates/server/src/calls/events.rs", "MAX_WAITING_BYTES"), By("crates/server/src/calls/events.rs", "an_event_that_does_not_fit_is_not_offered_and_none_overtakes_it_until_the_next_leg")),
    row("legs of a call", Setting("transport.max-legs"), By("crates/server/tests/legs.rs", "a_call_that_does_not_end_is_stopped_with_an_error_that_names_the_setting")),
    row("time of a request with all its legs", Setting("transport.total-timeout-ms"), By("crates/server/tests/time.rs", "a_provider_that_never_answers_ends_in_the_total_timeout_or_in_the_time_that_one_of_several_has")),
    row("time of a composed file until the head of its answer; the whole has twice as long", Constant("cli/src/host/composed.rs", "HEAD_TIMEOUT"), NO_TIME),
    row("time of a request to a composed file after its client closed its side (before 2026-07-28)", Constant("cli/src/http/composed.rs", "ALONE_TIMEOUT"), By(LISTEN_TESTS, "a_request_whose_client_is_gone_ends_when_its_service_says")),
    row("values of a completion", Constant("crates/protocol/src/completion.rs", "MAX_VALUES"), By("crates/protocol/src/completion/tests.rs", "more_values_than_mcp_allows_break_the_contract")),

    row("pages of a list", Constant("crates/catalog/src/read_pages.rs", "MAX_PAGES"), By("crates/catalog/tests/catalog/search.rs", "a_list_without_an_end_is_an_error_of_the_call")),
    row("bytes of a list as JSON, and of each page", Constant("crates/catalog/src/read_pages.rs", "MAX_LIST_BYTES"), By("crates/catalog/tests/catalog/search.rs", "a_list_without_an_end_is_an_error_of_the_call")),
    row("description of a provider as JSON", Constant(RULES, "MAX_INFO_BYTES"), By("crates/catalog/tests/catalog/build.rs", "providers_that_conflict_are_refused_with_cause_and_remedy")),
    row("items of a list", Constant("crates/catalog/src/read_pages.rs", "MAX_ITEMS"), By("crates/catalog/tests/catalog/search.rs", "a_list_without_an_end_is_an_error_of_the_call")),
    row("entries of `experimental` and of `extensions`", Constant(RULES, "MAX_ENTRIES"), By("crates/catalog/tests/catalog/build.rs", "providers_that_conflict_are_refused_with_cause_and_remedy")),
    row("schema of a tool", Constant("crates/protocol/src/mcp_param.rs", "MAX_SCHEMA_BYTES"), By("crates/protocol/src/mcp_param/tests.rs", "a_schema_that_is_too_large_is_not_read_for_a_call")),
    row("header annotations of a schema", Constant("crates/protocol/src/mcp_param/annotation.rs", "MAX_ANNOTATIONS"), By("crates/protocol/src/mcp_param/tests.rs", "an_annotation_that_clients_must_not_follow_is_a_fault_with_its_path")),
    row("name of a tool", Constant(RULES, "MAX_NAME_BYTES"), By("crates/catalog/tests/catalog/build.rs", "providers_that_conflict_are_refused_with_cause_and_remedy")),
    row("URI that templates are compared with", Constant("crates/catalog/src/template.rs", "MAX_URI"), By("crates/catalog/tests/catalog/resources.rs", "a_uri_that_is_too_long_for_templates_is_not_found_unless_it_is_listed")),
    row("time to answer a list or a description that others take part in; of a list that is read to find who has a name, all pages together", Constant("crates/catalog/src/lookup_context.rs", "MAX_MS"), By("crates/catalog/src/lookup_context.rs", "no_provider_keeps_the_others_waiting_for_as_long_as_the_call_may_take")),
    row("time for which a description that did not come is taken as missing", Constant("crates/catalog/src/lost_descriptions.rs", "REMEMBERED_MS"), By("crates/server/tests/neighbours.rs", "a_description_that_hangs_is_waited_for_once")),
    row("time of a description for `/readyz`, where no provider is static", Constant("crates/server/src/http/probes.rs", "READINESS_MS"), By("crates/server/tests/neighbours.rs", "a_provider_that_hangs_does_not_take_the_others_out_of_service")),
    row("time of each answer at the start", Constant("cli/src/commands/mod.rs", "CALL_MS"), Shown::Walk(walk::start)),
    row("time of all lists of a provider at the start", Constant("cli/src/commands/mod.rs", "LISTS"), By("crates/catalog/tests/catalog/absence.rs", "a_provider_whose_lists_never_end_is_a_gap_when_the_timer_says_so")),
    row("calls whose owners are remembered between legs", Constant("crates/catalog/src/recent_owners.rs", "MAX_CALLS"), By("crates/catalog/tests/catalog/nested.rs", "many_other_calls_do_not_make_a_call_in_use_list_again")),

    row("views", Constant(VIEWS, "MAX_VIEWS"), NO_VIEW),
    row("selectors of a view", Constant(VIEWS, "MAX_SELECTORS"), NO_VIEW),
    row("name of a view, in bytes", Constant(VIEWS, "MAX_NAME"), NO_VIEW),

    row("a token, in bytes", Constant("crates/auth/src/token.rs", "MAX_TOKEN"), By("crates/auth/tests/tokens/limits.rs", "a_token_of_a_megabyte_is_refused_before_it_is_read")),
    row("claims of a token, in bytes", Constant("crates/auth/src/claims.rs", "MAX_CLAIMS"), By("crates/auth/tests/keys/introspection.rs", "a_token_that_is_not_active_or_breaks_a_rule_is_refused")),
    row("subject or client of a token, in bytes", Constant("crates/auth/src/claims.rs", "MAX_NAME"), By("crates/auth/tests/tokens/table.rs", "a_token_that_breaks_a_rule_is_refused_with_the_error_of_the_rule")),
    row("values of a claim that is a list: scopes, roles, groups", Constant("crates/auth/src/claims/lists.rs", "MAX_VALUES"), By("crates/auth/tests/tokens/table.rs", "a_token_that_breaks_a_rule_is_refused_with_the_error_of_the_rule")),
    row("bytes of the key set of an issuer", Constant("crates/auth/src/key_set.rs", "MAX_KEY_SET"), By("crates/auth/tests/tokens/key_sets.rs", "a_text_that_is_no_key_set_is_refused")),
    row("keys of an issuer", Constant("crates/auth/src/key_set.rs", "MAX_KEYS"), By("crates/auth/tests/tokens/key_sets.rs", "a_text_that_is_no_key_set_is_refused")),
    row("keys of one `kid`", Constant("crates/auth/src/key_set.rs", "MAX_KEYS_OF_KEY_ID"), By("crates/auth/tests/tokens/key_sets.rs", "of_many_keys_with_one_kid_four_are_tried_and_of_equal_keys_one")),
    row("redirects of an authorization server", Constant("crates/auth/src/document.rs", "MAX_REDIRECTS"), By("crates/auth/tests/keys/failures.rs", "redirects_to_the_same_server_are_followed_three_times")),
    row("rules about scopes", Constant("crates/auth/src/scopes.rs", "MAX_SCOPE_RULES"), By("crates/auth/src/scopes.rs", "rules_that_cannot_be_read_are_refused")),
    row("tokens that are asked about at once, at an introspection endpoint", Constant("crates/auth/src/introspection.rs", "MAX_QUESTIONS"), By("crates/auth/tests/keys/introspection.rs", "no_more_than_thirty_two_tokens_are_asked_about_at_once")),
    row("tokens that are remembered", Setting("auth.cached-tokens"), By("crates/auth/tests/keys/verdicts.rs", "a_hundred_thousand_tokens_fill_the_cache_and_no_more")),
    row("tokens that are remembered as refused by an introspection endpoint", Constant("crates/auth/src/refused_tokens.rs", "MAX_REFUSED"), By("crates/auth/tests/keys/introspection.rs", "a_thousand_refused_tokens_are_remembered_at_most")),
    row("time for which such a refusal counts", Constant("crates/auth/src/refused_tokens.rs", "REFUSAL_MS"), By("crates/auth/tests/keys/introspection.rs", "a_refused_token_is_asked_about_once_in_five_seconds")),
    row("time of an answer of an authorization server", Setting("auth.fetch-timeout-ms"), By("crates/auth/tests/keys/introspection.rs", "without_an_answer_nothing_is_known_of_the_token")),

    row("bytes of a policy with its data", Constant("crates/policy/src/bundle_files.rs", "MAX_BUNDLE"), By("crates/policy/tests/bundles.rs", "files_that_a_bundle_cannot_have_are_problems")),
    row("steps of an evaluation", Constant("crates/policy/src/steps.rs", "MAX_STEPS"), By("crates/policy/tests/decisions.rs", "what_is_no_answer_denies_and_says_why")),
    row("scopes, redactions or reasons of an answer", Constant("crates/policy/src/answer.rs", "MAX_ENTRIES"), By("crates/policy/tests/decisions.rs", "what_is_no_answer_denies_and_says_why")),
    row("answers that are kept", Constant("crates/policy/src/decision_cache.rs", "MAX_KEPT"), No("an answer that is made again is the same")),
    row("names and URIs of which a kept answer is, in bytes", Constant("crates/policy/src/decision_cache.rs", "MAX_KEY"), By("crates/policy/src/decision_cache_tests.rs", "each_member_makes_a_key_of_its_own")),
    row("reason, scopes and redactions of a kept answer, in bytes", Constant("crates/policy/src/decision_cache.rs", "MAX_TEXTS"), By("crates/policy/src/decision_cache_tests.rs", "long_answers_are_not_kept")),
    row("claims that are kept with a token, in bytes", Constant("crates/policy/src/authorizer/of_request.rs", "MAX_KEPT_CLAIMS"), No("claims that are read again are the same")),

    row("bytes of all compiled components", Constant("cli/src/host/artifact_cache.rs", "MAX_BYTES"), By("cli/src/host/artifact_cache.rs", "what_was_not_used_for_the_longest_time_makes_room")),
];

/// Constants that bound nothing, or bound it from below, or are a part of a bound that has a row.
pub(crate) const NOT_BOUNDS: &[(&str, &str)] = &[
    // How often it is logged that calls without a client are ended.
    ("cli/src/http/waiting_connections.rs", "LOG_INTERVAL"),
    // What is told of a provider's error in a line of the log.
    ("crates/catalog/src/ports.rs", "MAX_REASON_BYTES"),
    // How many unusable keys one line of the log tells one by one, how often an issuer that is down is logged, and what `wasmcp check` reads of a file.
    ("crates/auth/src/issuer_keys/source.rs", "MAX_TOLD"),
    ("cli/src/http/request_log.rs", "UNAVAILABLE_INTERVAL"),
    ("cli/src/commands/check.rs", "MAX_TOKEN_FILE"),
    // Parts of the rows about tokens and keys.
    ("crates/auth/src/document.rs", "MAX_DOCUMENT"),
    ("crates/auth/src/jwk.rs", "MIN_RSA_BITS"),
    ("crates/auth/src/jwk.rs", "MAX_RSA_BITS"),
    ("crates/auth/src/jwk.rs", "MAX_RSA_EXPONENT"),
    ("crates/server/src/recent.rs", "SPREAD_FROM"),
    ("crates/server/src/recent.rs", "SHARDS"),
    // The version of the document, how often other tasks run in a list, what stands for no caller, and what of an array a record keeps.
    ("crates/policy/src/input.rs", "VERSION"),
    ("crates/policy/src/authorizer/of_request.rs", "ITEMS_AT_ONCE"),
    ("crates/policy/src/authorizer/of_request.rs", "ANONYMOUS"),
    ("crates/policy/src/record/bounds.rs", "ARRAY_ENTRIES"),
    // What is read of a policy and of an input, which an operator writes, and how often its files are looked at.
    ("cli/src/policy/files.rs", "MAX_FILES"),
    ("cli/src/policy/files.rs", "MAX_DEPTH"),
    ("cli/src/policy/reload.rs", "INTERVAL"),
    ("cli/src/commands/policy.rs", "MAX_INPUT"),
    // What is read of a source, which an author writes.
    ("cli/src/fingerprint.rs", "MAX_READ"),
    // What a search for tools reads and finds, which is within the limits of a list.
    ("crates/server/src/methods/tool_search.rs", "DEFAULT_RESULTS"),
    ("crates/server/src/methods/tool_search.rs", "MAX_RESULTS"),
    ("crates/server/src/methods/tool_search.rs", "MAX_WORDS"),
    // When a compilation is shown, and how often refused connections are logged.
    ("cli/src/http/listen.rs", "REFUSED_LOG_INTERVAL"),
    ("cli/src/host/compile.rs", "SPINNER_AFTER"),
    // The clock of the engine.
    ("cli/src/host/engine.rs", "TICK"),
    ("cli/src/host/engine.rs", "IDLE_TICKS"),
    ("cli/src/host/engine.rs", "IDLE_CHECK"),
    // The end of a file.
    ("cli/src/host/artifact_cache.rs", "CHECKSUM"),
    // Parts of rows.
    ("cli/src/host/descriptors.rs", "DESCRIPTORS_PER_COMPONENT"),
    ("cli/src/host/engine.rs", "MAX_KEPT_MEMORY"),
    ("cli/src/host/engine.rs", "KEPT_PART"),
    ("cli/src/host/egress/hooks.rs", "WAITING_BODY_CHUNKS"),
    ("cli/src/host/services/live.rs", "EVENT_OVERHEAD"),
    ("crates/state/src/memory.rs", "ENTRY_OVERHEAD"),
    // The default of `--limit-state`.
    ("crates/state/src/memory.rs", "MAX_BYTES"),
    // What is taken to be so where the system does not say it.
    ("cli/src/host/machine_memory.rs", "DEFAULT_MEMORY"),
    // How long something is tried before another thing is.
    ("cli/src/host/egress/hooks.rs", "READY_TIMEOUT"),
    ("cli/src/http/listen.rs", "ENGINE_ANSWER_TIMEOUT"),
    ("cli/src/http/listen.rs", "CLOSE_TIMEOUT"),
    // The store of the server, which no client reaches.
    ("cli/src/http/engine_store.rs", "MAX_ENTRIES"),
    ("cli/src/http/engine_store.rs", "MAX_BYTES"),
    // The least that an option may say.
    ("cli/src/commands/serve/options.rs", "WASM_PAGE"),
    // How much of the pool prepared instances have.
    ("cli/src/host/prepared.rs", "MAX_QUOTA_UNITS"),
    // When a change of sources is whole, and how many builds the pool of `wasmcp dev` has room for.
    ("cli/src/project/watch.rs", "SETTLED"),
    ("cli/src/project/watch.rs", "LONGEST_CHANGE"),
    ("cli/src/commands/dev.rs", "BUILDS"),
    // How long a build may take to end after a signal.
    ("cli/src/commands/dev.rs", "FOLLOWER_END"),
    ("cli/src/commands/build.rs", "WORK_END"),
    // `wasmcp compose`, which serves no client.
    ("cli/src/commands/compose.rs", "MAX_CALLS"),
    ("cli/src/commands/mod.rs", "MAX_MEMORY"),
    // Comments on silent streams.
    ("crates/server/src/calls/silence.rs", "STREAM_AFTER_MS"),
    ("crates/server/src/calls/silence.rs", "MAX_SILENCE_MS"),
    // The version of a format, and where a search becomes a sorted one.
    ("crates/catalog/src/snapshot/parts.rs", "FORMAT"),
    ("crates/protocol/src/json/strict.rs", "FEW_KEYS"),
    // When a provider may try again.
    ("crates/state/src/entry.rs", "RETRY_MS"),
    // Hosts that do not know the time of a call.
    ("crates/http-service/src/lib.rs", "DEFAULT_TIMEOUT_MS"),
];
