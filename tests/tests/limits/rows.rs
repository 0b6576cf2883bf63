//! The rows of `docs/limits.md`, in their order: where the code has each bound, and what exceeds it.

use std::collections::BTreeMap;

use super::sources::of_constant;
use super::walk::{
    Walk, auth, calls, catalogue, clients, egress, keys, log, messages, policies, slow_clients, state, unanswered,
    views,
};

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
    Walked(fn(&Walk)),
    /// Another test: its file and its name.
    By(&'static str, &'static str),
    /// No test can, for this reason.
    No(#[allow(dead_code, reason = "for readers")] &'static str),
}

use Shown::{By, No, Walked};
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
const VIEWS: &str = "crates/settings/src/view.rs";
const NO_TIME: Shown = No("a test would have to wait for minutes");

/// The rows.
#[rustfmt::skip]
pub(crate) const ROWS: &[Row] = &[
    row("time of a call", Opt("--limit-time"), Walked(calls::time)),
    row("memory of a call", Opt("--limit-memory"), Walked(calls::memory)),
    row("what a call passes to the host at once", Opt("--limit-result"), Walked(calls::transfer)),
    row("events while a call runs", Opt("--limit-result"), Walked(calls::events)),
    row("elements of a table", Constant("cli/src/host/instance/memory_limit.rs", "TABLE_ELEMENTS"), By("cli/src/host/instance/memory_limit.rs", "tables_have_a_limit_of_their_own")),
    row("memory that counts for each handle of the host, once a call makes messages of `wasi:http` or headers for them", Constant(STORE, "HANDLE_BYTES"), Walked(calls::memory_of_handles)),
    row("handles of the host", Constant(STORE, "MAX_HANDLES"), Walked(calls::handles)),
    row("random bytes at once", Constant(STORE, "MAX_RANDOM_BYTES"), Walked(calls::random)),
    row("headers of a message of `wasi:http`", Constant(STORE, "MAX_FIELDS_BYTES"), Walked(calls::headers)),
    row("method, authority or path of a request", Constant("cli/src/host/services/http_messages.rs", "MAX_PART_BYTES"), Walked(calls::parts)),
    row("a piece of a body", Constant("cli/src/host/egress/hooks.rs", "BODY_CHUNK_BYTES"), Walked(calls::bodies)),
    row("what a composed file passes to the host at once", Constant("cli/src/host/instance/limits.rs", "MIN_TRANSFER_BYTES"), Walked(messages::composed_answer)),

    row("calls of a component at once", Opt("--max-concurrent"), Walked(calls::calls)),
    row("instances of a component that wait for a call", Opt("--prepared"), By("cli/src/host/prepared.rs", "a_component_has_as_many_prepared_instances_as_it_may_have")),
    row("wait for a place, or for memory to start with", Constant("cli/src/host/instance/concurrency.rs", "QUEUE_TIMEOUT"), Walked(calls::calls)),
    row("memory of all calls", Words, Walked(calls::memory_of_all)),
    row("memory that stays in place between calls", Words, By("cli/src/host/engine.rs", "what_stays_in_place_is_a_part_of_the_memory_for_all_calls")),
    row("core modules of a component", Constant("cli/src/host/engine.rs", "MAX_CORE_INSTANCES"), Walked(calls::modules)),
    row("bytes of a component", Constant("cli/src/host/compile.rs", "MAX_COMPONENT_BYTES"), Walked(calls::component_bytes)),

    row("requests of `wasi:http` that a call has sent, and that have no response yet", Constant("cli/src/host/egress/hooks.rs", "MAX_SENT_REQUESTS"), Walked(egress::sent_requests)),
    row("requests on their way, of a component", Constant(DESCRIPTORS, "MAX_ACTIVE"), Walked(egress::requests_on_their_way)),
    row("idle connections of a component", Constant(IDLE, "MAX_IDLE"), IDLE_LIMITS),
    row("idle connections to one server", Constant(IDLE, "MAX_IDLE_PER_TARGET"), IDLE_LIMITS),
    row("time that an idle connection is kept", Constant(IDLE, "IDLE_TIMEOUT"), By(IDLE, "a_connection_that_is_not_used_again_is_closed_though_no_other_ends")),
    row("open files that components leave alone", Constant(DESCRIPTORS, "RESERVED_DESCRIPTORS"), SHARES),
    row("name lookups of a component at once", Constant("cli/src/host/grant.rs", "MAX_LOOKUPS"), No("the system's resolver cannot be made to hang")),
    row("time of a name lookup", Constant(CONNECT, "LOOKUP_TIMEOUT"), No("the system's resolver cannot be made to hang")),
    row("time of an address while there is another one", Constant(CONNECT, "ADDRESS_TIMEOUT"), By(CONNECT, "an_address_that_does_not_answer_or_refuses_leaves_the_next_one_to_try")),
    row("any timeout that a component sets", Constant("cli/src/host/egress/hooks.rs", "MAX_TIMEOUT"), NO_TIME),
    row("bytes that a server sends before its response, informational responses among them", Constant(HTTP_CONNECTION, "MAX_BYTES_BEFORE_RESPONSE"), Walked(egress::bytes_before_response)),
    row("head of a response, and bytes read ahead", Constant(HTTP_CONNECTION, "MAX_BUFFER_BYTES"), Walked(egress::head_of_response)),
    row("requests of one `http.send`", Constant("crates/http-service/src/lib.rs", "MAX_REQUESTS"), Walked(egress::requests_of_send)),
    row("requests of one `http.send` at once", Constant("crates/http-service/src/lib.rs", "MAX_IN_FLIGHT"), Walked(egress::requests_at_once)),
    row("headers of a request of `http.send`", Constant("crates/http-service/src/request.rs", "MAX_HEADERS"), Walked(egress::headers_of_request)),
    row("responses of one `http.send`", Opt("--limit-result"), Walked(egress::responses)),
    row("bytes of memory that count for each byte of these responses; their requests count once", Constant("cli/src/host/services/http.rs", "BYTES_PER_BYTE"), Walked(egress::memory_of_responses)),
    row("bytes of memory that count for each request on its way, besides what it holds", Constant("cli/src/host/services/http.rs", "BYTES_PER_EXCHANGE"), By("cli/src/host/services/http_tests.rs", "what_requests_hold_that_wait_for_their_turn_counts_as_memory_of_the_call")),

    row("entries of a provider", Constant(STATE, "MAX_ENTRIES"), Walked(state::entries)),
    row("bytes of all entries of a provider; each counts 256 bytes besides its key and value", Opt("--limit-state"), Walked(state::bytes)),
    row("bytes of a key", Constant("crates/state/src/entry.rs", "MAX_KEY_BYTES"), Walked(state::key)),
    row("value of an entry", Constant("crates/state/src/entry.rs", "MAX_VALUE_BYTES"), Walked(state::value)),

    row("connections at once", Opt("--max-connections"), Walked(clients::connections)),
    row("time of an idle connection", Opt("--keep-alive"), Walked(clients::idle_time)),
    row("time of the head of a request", Constant(TIMEOUTS, "HEAD_TIMEOUT"), TURNED_AWAY),
    row("head of a request", Constant("cli/src/http/listen.rs", "MAX_HEAD_SIZE"), Walked(clients::head)),
    row("headers of a request", Constant("cli/src/http/listen.rs", "MAX_HEADERS"), Walked(clients::headers)),
    row("body of a request", Setting("transport.body-limit"), Walked(clients::body)),
    row("time of a part of a body; a whole body has ten times as long", Constant(TIMEOUTS, "BODY_CHUNK_TIMEOUT"), Walked(slow_clients::stalled_bodies)),
    row("time of a body while other clients wait for a connection", Constant(TIMEOUTS, "CONTESTED_BODY_TIMEOUT"), Walked(slow_clients::contested_body)),
    row("bytes of a body that are read ahead", Constant("cli/src/http/listen.rs", "MAX_BUFFER_SIZE"), By(LISTEN_TESTS, "a_body_without_end_is_given_up")),
    row("bytes of a body before a composed file runs", Constant("cli/src/http/read_ahead.rs", "READ_AHEAD_BYTES"), Walked(clients::body_of_composed_file)),
    row("body that a composed file's server keeps for the id of its request", Constant("cli/src/http/read_ahead.rs", "KEPT_BYTES"), No("the id alone is left out of the server's own errors")),
    row("bodies of all clients", Constant(BUDGET, "MAX_BODY_BYTES"), Walked(slow_clients::stalled_bodies)),
    row("answers that clients have not read, of all", Constant(BUDGET, "MAX_ANSWER_BYTES"), By(LISTEN_TESTS, "answers_that_clients_do_not_read_leave_room_for_small_ones_alone")),
    row("answers that wait for room", Constant(BUDGET, "MAX_WAITING_ANSWER_BYTES"), By(BUDGET, "what_finds_no_room_waits_for_a_while_and_small_messages_never")),
    row("time to wait for room", Constant(BUDGET, "ROOM_TIMEOUT"), Walked(slow_clients::stalled_bodies)),
    row("bytes of a message that count for none of these", Constant(BUDGET, "UNCOUNTED_BYTES"), Walked(slow_clients::stalled_bodies)),
    row("time without reading anything of an answer", Constant("cli/src/http/timeouts.rs", "WRITE_STALL_TIMEOUT"), NO_TIME),
    row("time without having read all that there is of an answer while other clients wait for a connection", Constant(TIMEOUTS, "CONTESTED_ANSWER_TIMEOUT"), Walked(slow_clients::contested_answer)),
    row("time until all that there is of an answer has been read; a stream that its client keeps up with may go on", Constant(TIMEOUTS, "BEHIND_TIMEOUT"), By(LISTEN_TESTS, "a_client_that_reads_its_answer_for_ever_is_cut_off")),
    row("bytes that are read on after a refusal", Constant("cli/src/http/client_body.rs", "DISCARD_BYTES"), Walked(clients::bytes_after_refusal)),
    row("time of reading on after a refusal", Constant(TIMEOUTS, "DISCARD_TIMEOUT"), DISCARDED),
    row("silence while reading on after a refusal", Constant(TIMEOUTS, "DISCARD_CHUNK_TIMEOUT"), DISCARDED),
    row("time to stop", Opt("--drain-timeout"), Walked(clients::time_to_stop)),
    row("time to send these errors", Constant("cli/src/http/drain.rs", "LAST_ANSWERS_TIMEOUT"), By(LISTEN_TESTS, "a_call_that_is_not_done_in_the_time_to_drain_is_told_that_it_may_have_run")),
    row("time after a client closed its side (2026-07-28)", Constant("cli/src/http/timeouts.rs", "HALF_CLOSE_GRACE"), Walked(clients::time_after_half_close)),

    row("levels of JSON", Constant("crates/protocol/src/json/syntax.rs", "MAX_DEPTH"), Walked(messages::levels)),
    row("URI of a resource", Constant("crates/protocol/src/resources.rs", "MAX_URI_BYTES"), Walked(messages::uri)),
    row("result as JSON, and the events of one leg", Setting("transport.result-limit"), Walked(messages::result)),
    row("answer of a composed file, or an event of its stream", Opt("--limit-result"), Walked(messages::composed_answer)),
    row("text of a provider's error", Constant("crates/server/src/error/provider.rs", "MAX_ERROR_TEXT"), Walked(messages::error_text)),
    row("scopes that a provider's error asks for", Constant("crates/server/src/error/provider.rs", "MAX_SCOPES"), Walked(messages::scopes)),
    row("size of these scopes", Constant("crates/server/src/error/provider.rs", "MAX_SCOPES_SIZE"), Walked(messages::scopes_size)),
    row("events that wait for a client", Constant("crates/server/src/calls/events.rs", "MAX_WAITING_BYTES"), Walked(slow_clients::unread_events)),
    row("legs of a call", Setting("transport.max-legs"), Walked(messages::legs)),
    row("time of a request with all its legs", Setting("transport.total-timeout-ms"), Walked(messages::time_of_all_legs)),
    row("time of a composed file until the head of its answer; the whole has twice as long", Constant("cli/src/host/composed.rs", "HEAD_TIMEOUT"), NO_TIME),
    row("time of a request to a composed file after its client closed its side (before 2026-07-28)", Constant("cli/src/http/run_to_end.rs", "ALONE_TIMEOUT"), By(LISTEN_TESTS, "a_request_whose_client_is_gone_ends_when_its_service_says")),
    row("values of a completion", Constant("crates/protocol/src/completion.rs", "MAX_VALUES"), Walked(messages::completion)),
    row("bytes of each text of a tool that a search for tools reads", Constant("crates/server/src/methods/tool_search.rs", "MAX_SEARCHED"), By("crates/server/src/methods/tool_search.rs", "a_tool_is_scored_by_the_words_that_begin_its_words")),

    row("pages of a list", Constant("crates/catalog/src/read_pages.rs", "MAX_PAGES"), Walked(catalogue::pages)),
    row("bytes of a list as JSON, and of each page", Constant("crates/catalog/src/read_pages.rs", "MAX_LIST_BYTES"), Walked(catalogue::bytes)),
    row("description of a provider as JSON", Constant(RULES, "MAX_INFO_BYTES"), Walked(catalogue::description)),
    row("items of a list", Constant("crates/catalog/src/read_pages.rs", "MAX_ITEMS"), Walked(catalogue::items)),
    row("entries of `experimental` and of `extensions`", Constant(RULES, "MAX_ENTRIES"), Walked(catalogue::entries)),
    row("schema of a tool", Constant("crates/protocol/src/mcp_param.rs", "MAX_SCHEMA_BYTES"), Walked(catalogue::schema)),
    row("header annotations of a schema", Constant("crates/protocol/src/mcp_param/annotation.rs", "MAX_ANNOTATIONS"), Walked(catalogue::headers)),
    row("name of a tool", Constant(RULES, "MAX_NAME_BYTES"), Walked(catalogue::name)),
    row("URI that templates are compared with", Constant("crates/catalog/src/template.rs", "MAX_URI"), By("crates/catalog/tests/catalog/resources.rs", "a_uri_that_is_too_long_for_templates_is_not_found_unless_it_is_listed")),
    row("time to answer a list or a description that others take part in; of a list that is read to find who has a name, all pages together", Constant("crates/catalog/src/deadline.rs", "MAX_MS"), Walked(unanswered::lists_and_descriptions)),
    row("time for which a description that did not come is taken as missing", Constant("crates/catalog/src/lost_descriptions.rs", "REMEMBERED_MS"), Walked(unanswered::lists_and_descriptions)),
    row("time of a description for `/readyz`, where no provider is static", Constant("crates/server/src/http/probes.rs", "READINESS_MS"), Walked(unanswered::readiness)),
    row("time of each answer at the start", Constant("cli/src/commands/mod.rs", "CALL_MS"), Walked(catalogue::start_time)),
    row("time of all lists of a provider at the start", Constant("cli/src/commands/mod.rs", "LISTS"), By("crates/catalog/tests/catalog/absence.rs", "a_provider_whose_lists_never_end_is_a_gap_when_the_timer_says_so")),
    row("calls whose owners are remembered between legs", Constant("crates/catalog/src/recent_owners.rs", "MAX_CALLS"), By("crates/catalog/tests/catalog/nested.rs", "many_other_calls_do_not_make_a_call_in_use_list_again")),

    row("views", Constant(VIEWS, "MAX_VIEWS"), Walked(views::count)),
    row("selectors of a view", Constant(VIEWS, "MAX_SELECTORS"), Walked(views::selectors)),
    row("name of a view, in bytes", Constant(VIEWS, "MAX_NAME"), Walked(views::name)),

    row("a token, in bytes", Constant("crates/auth/src/token.rs", "MAX_TOKEN"), Walked(auth::token)),
    row("claims of a token, in bytes", Constant("crates/auth/src/claims.rs", "MAX_CLAIMS"), Walked(auth::claims)),
    row("subject or client of a token, in bytes", Constant("crates/auth/src/claims.rs", "MAX_NAME"), Walked(auth::names)),
    row("values of a claim that is a list: scopes, roles, groups", Constant("crates/auth/src/claims/lists.rs", "MAX_VALUES"), Walked(auth::values)),
    row("bytes of the key set of an issuer", Constant("crates/auth/src/key_set.rs", "MAX_KEY_SET"), Walked(keys::bytes)),
    row("keys of an issuer", Constant("crates/auth/src/key_set.rs", "MAX_KEYS"), Walked(keys::count)),
    row("keys of one `kid`", Constant("crates/auth/src/key_set.rs", "MAX_KEYS_OF_KEY_ID"), Walked(keys::of_one_name)),
    row("redirects of an authorization server", Constant("crates/auth/src/fetch_document.rs", "MAX_REDIRECTS"), Walked(keys::redirects)),
    row("rules about scopes", Constant("crates/auth/src/scopes.rs", "MAX_SCOPE_RULES"), Walked(auth::scope_rules)),
    row("tokens that are asked about at once, at an introspection endpoint", Constant("crates/auth/src/introspection.rs", "MAX_QUESTIONS"), Walked(auth::questions)),
    row("tokens that are remembered", Setting("auth.cached-tokens"), Walked(auth::remembered)),
    row("tokens that are remembered as refused by an introspection endpoint", Constant("crates/auth/src/refused_tokens.rs", "MAX_REFUSED"), By("crates/auth/tests/keys/introspection.rs", "a_thousand_refused_tokens_are_remembered_at_most")),
    row("time for which such a refusal counts", Constant("crates/auth/src/refused_tokens.rs", "REFUSAL_MS"), By("crates/auth/tests/keys/introspection.rs", "a_refused_token_is_asked_about_once_in_five_seconds")),
    row("time of an answer of an authorization server", Setting("auth.fetch-timeout-ms"), Walked(auth::time_of_answer)),

    row("bytes of a policy with its data", Constant("crates/policy/src/bundle_files.rs", "MAX_BUNDLE"), Walked(policies::bytes)),
    row("levels of `[` and `{` in a policy", Constant("crates/policy/src/syntax/nesting.rs", "MAX_BRACKETS"), Walked(policies::nesting)),
    row("links of one expression in a policy: characters of operators, dots, brackets and `in`", Constant("crates/policy/src/syntax/nesting.rs", "MAX_LINKS"), By("crates/policy/src/syntax/nesting.rs", "what_nests_too_deep_has_a_place")),
    row("levels of brackets of any kind in a policy, and minus signs in a row", Constant("crates/policy/src/syntax/nesting.rs", "MAX_LEVELS"), By("crates/policy/src/syntax/nesting.rs", "what_nests_too_deep_has_a_place")),
    row("steps of an evaluation", Constant("crates/policy/src/step_limit.rs", "MAX_STEPS"), Walked(policies::steps)),
    row("values in the arguments of a call, for a policy that reads them", Constant("crates/policy/src/document.rs", "MAX_VALUES"), Walked(policies::values)),
    row("scopes, redactions or reasons of an answer", Constant("crates/policy/src/answer.rs", "MAX_ENTRIES"), Walked(policies::reasons)),
    row("answers that are kept", Constant("crates/policy/src/decision_cache.rs", "MAX_KEPT"), No("an answer that is made again is the same")),
    row("names and URIs of which a kept answer is, in bytes", Constant("crates/policy/src/decision_cache.rs", "MAX_KEY"), By("crates/policy/src/decision_cache_tests.rs", "each_member_makes_a_key_of_its_own")),
    row("reason, scopes and redactions of a kept answer, in bytes", Constant("crates/policy/src/decision_cache.rs", "MAX_TEXTS"), By("crates/policy/src/decision_cache_tests.rs", "long_answers_are_not_kept")),
    row("claims that are kept with a token, in bytes", Constant("crates/policy/src/authorizer/of_request.rs", "MAX_KEPT_CLAIMS"), No("claims that are read again are the same")),

    row("lines about a provider in a second, of each kind: what it prints, what it is denied, what the host reports of it", Constant("cli/src/log/rate_limit.rs", "MAX_LINES"), Walked(log::rate)),
    row("bytes of these lines", Constant("cli/src/log/rate_limit.rs", "MAX_BYTES"), Walked(log::rate)),
    row("bytes of a line about a provider", Constant("cli/src/log/component.rs", "MAX_LINE"), Walked(log::line)),
    row("bytes of a message", Constant("cli/src/log/subscriber.rs", "MAX_MESSAGE"), By("cli/src/log/subscriber.rs", "a_message_is_cut")),
    row("bytes that one call prints", Constant("cli/src/host/stdio.rs", "OUTPUT_LIMIT"), Walked(log::output_of_a_call)),
    row("lines that wait for the reader of the log", Constant("cli/src/log/queue.rs", "MAX_LINES"), By("tests/tests/logging.rs", "a_log_that_is_not_read_holds_up_no_call_and_tells_later_what_was_lost")),
    row("bytes that wait for the reader of the log", Constant("cli/src/log/queue.rs", "MAX_BYTES"), By("cli/src/log/queue.rs", "what_waits_is_bounded_in_lines_and_bytes_and_the_rest_is_counted")),
    row("time to write what waits when the program ends", Constant("cli/src/log/mod.rs", "LAST_LINES_TIMEOUT"), Walked(log::last_lines)),
    row("characters of the error with which the program ends", Constant("cli/src/log/printable.rs", "MAX_ERROR"), By("cli/src/log/printable.rs", "an_error_is_one_short_line_that_moves_no_cursor")),

    row("bytes of all compiled components", Constant("cli/src/host/artifact_cache.rs", "MAX_BYTES"), By("cli/src/host/artifact_cache.rs", "what_was_not_used_for_the_longest_time_makes_room")),
];

/// Constants that bound nothing, or bound it from below, or are a part of a bound that has a row.
pub(crate) const NOT_BOUNDS: &[(&str, &str)] = &[
    // How often it is logged that calls without a client are ended.
    ("cli/src/http/waiting_connections.rs", "LOG_INTERVAL"),
    // When what the log could not write is tried again, and how long it waits for lines.
    ("cli/src/log/writer.rs", "RETRY"),
    ("cli/src/log/writer.rs", "BUSY"),
    ("cli/src/log/writer.rs", "IDLE"),
    // What is told of a provider's error in a line of the log.
    ("crates/catalog/src/partial_results.rs", "MAX_REASON_BYTES"),
    // How many unusable keys one line of the log tells one by one, how often an issuer that is down is logged, and what `wasmcp check` reads of a file.
    ("crates/auth/src/issuer_keys/source.rs", "MAX_TOLD"),
    ("cli/src/http/outage_warnings.rs", "UNAVAILABLE_INTERVAL"),
    ("cli/src/commands/check.rs", "MAX_TOKEN_FILE"),
    // How long the answer to a probe counts.
    ("crates/auth/src/introspection.rs", "READINESS_MS"),
    // Parts of the rows about tokens and keys.
    ("crates/auth/src/fetch_document.rs", "MAX_DOCUMENT"),
    ("crates/auth/src/jwk.rs", "MIN_RSA_BITS"),
    ("crates/auth/src/jwk.rs", "MAX_RSA_BITS"),
    ("crates/auth/src/jwk.rs", "MAX_RSA_EXPONENT"),
    ("crates/server/src/recent_cache.rs", "SPREAD_FROM"),
    ("crates/server/src/recent_cache.rs", "SHARDS"),
    // The version of the document, which numbers are looked at, how often other tasks run in a list, what stands for no caller, and what of an array a record keeps.
    ("crates/policy/src/input.rs", "VERSION"),
    ("crates/policy/src/json.rs", "MAX_EXACT_DIGITS"),
    ("crates/policy/src/authorizer/lists.rs", "ITEMS_AT_ONCE"),
    ("crates/policy/src/authorizer/of_request.rs", "ANONYMOUS"),
    ("crates/policy/src/record/line.rs", "ARRAY_ENTRIES"),
    // What is read of a policy and of an input, which an operator writes, and how often its files are looked at.
    ("cli/src/policy/files.rs", "MAX_FILES"),
    ("cli/src/policy/files.rs", "MAX_DEPTH"),
    ("cli/src/policy/files.rs", "MAX_READS"),
    ("cli/src/policy/reload.rs", "INTERVAL"),
    ("cli/src/policy/reload.rs", "LONGEST_CHANGE"),
    ("cli/src/policy/reload.rs", "COMPILE_TIMEOUT"),
    ("cli/src/commands/policy.rs", "MAX_INPUT"),
    // What is read of a source, which an author writes.
    ("cli/src/fingerprint.rs", "MAX_READ"),
    // What a search for tools reads and finds, which is within the limits of a list.
    ("crates/server/src/methods/tool_search.rs", "DEFAULT_RESULTS"),
    ("crates/server/src/methods/tool_search.rs", "MAX_RESULTS"),
    ("crates/server/src/methods/tool_search.rs", "MAX_WORDS"),
    ("crates/server/src/methods/tool_search.rs", "TOOLS_AT_ONCE"),
    // When a compilation is shown, and how often refused connections are logged.
    ("cli/src/http/listen.rs", "REFUSED_LOG_INTERVAL"),
    ("cli/src/host/compile.rs", "SPINNER_AFTER"),
    // The clock of the engine.
    ("cli/src/host/engine.rs", "TICK"),
    ("cli/src/host/engine.rs", "IDLE_TICKS"),
    ("cli/src/host/engine.rs", "IDLE_CHECK"),
    // When a call computes for long, how that is remembered of a component, and for how long such a call keeps its thread.
    ("cli/src/host/instance/fairness.rs", "LONG"),
    ("cli/src/host/instance/fairness.rs", "LONG_POLL"),
    ("cli/src/host/instance/fairness.rs", "MOST"),
    ("cli/src/host/instance/fairness.rs", "TICKS_APART"),
    // The threads that the runtime may have besides one for each connection.
    ("cli/src/commands/serve/mod.rs", "OTHER_THREADS"),
    // The size from which a message is written apart.
    ("crates/server/src/result_limit.rs", "MAX_QUICK"),
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
    ("cli/src/host/egress/http_connection.rs", "READY_TIMEOUT"),
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
    // What `wasmcp dev` keeps of the functions that it has compiled.
    ("cli/src/host/function_cache.rs", "MAX_BYTES"),
    // How long a build may take to end after a signal.
    ("cli/src/commands/dev.rs", "FOLLOWER_END"),
    ("cli/src/commands/serve/mod.rs", "SHUTDOWN_TIMEOUT"),
    ("cli/src/commands/build.rs", "WORK_END"),
    // `wasmcp compose`, which serves no client.
    ("cli/src/commands/compose.rs", "MAX_CALLS"),
    ("cli/src/commands/mod.rs", "MAX_MEMORY"),
    // Comments on silent streams.
    ("crates/server/src/calls/keep_alive_comments.rs", "STREAM_AFTER_MS"),
    ("crates/server/src/calls/keep_alive_comments.rs", "MAX_SILENCE_MS"),
    // The version of a format, and where a search becomes a sorted one.
    ("crates/catalog/src/snapshot/parts.rs", "FORMAT"),
    ("crates/protocol/src/json/syntax.rs", "FEW_KEYS"),
    // When a provider may try again.
    ("crates/state/src/entry.rs", "RETRY_MS"),
    // Hosts that do not know the time of a call.
    ("crates/http-service/src/lib.rs", "DEFAULT_TIMEOUT_MS"),
];
