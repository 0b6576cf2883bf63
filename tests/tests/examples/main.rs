//! Five languages, and what all of them must have in common: the examples of `examples/` one table of conversations, and the providers of
//! `tests/languages/outcomes` another. `make examples` builds them, and runs this with their folders in `WASMCP_EXAMPLES`.

mod outcomes;

use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Result, ensure};
use libtest_mimic::{Arguments, Trial};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use wasmcp_tests::examples::{
    self, CITIES, Example, SETTINGS, TIMEOUT_MS, answer, has_cities, is_error, is_text, list_all, repeats,
};
use wasmcp_tests::upstream::{Options, Upstream};
use wasmcp_tests::{Case, LANGUAGES, Server, Setup, Shell, free_address, whole_differences};

/// The component alone, and the file that `make build` has composed of it.
const SHELLS: [Shell; 2] = [Shell::Native, Shell::Composed];

fn main() -> Result<ExitCode> {
    let arguments = Arguments::from_args();
    let examples = Example::all()?;
    let runtime = Runtime::new()?;
    let upstream = Arc::new(runtime.block_on(Upstream::start(Options::default()))?);
    let mut trials = Vec::new();
    for (example, shell) in examples.iter().flat_map(|example| SHELLS.map(|shell| (example, shell))) {
        trials.extend(conversations(example, shell, &upstream)?);
        trials.extend(alone(example, shell, &upstream));
    }
    // Its composed file would be compiled for half a minute more, and has nothing of its own.
    let example = Example::on_starlingmonkey()?;
    trials.extend(conversations(&example, Shell::Native, &upstream)?);
    trials.extend(alone(&example, Shell::Native, &upstream));
    let mixed = Mixed { examples, upstream };
    for (name, test) in MIXED {
        let mixed = mixed.clone();
        trials.push(trial(format!("all five: {name}"), move || test(&mixed)));
    }
    trials.extend(outcomes::trials()?);
    // Each server ends with the last of its trials, and so before the process.
    let conclusion = libtest_mimic::run(&arguments, trials);
    Ok(conclusion.exit_code())
}

fn trial(name: String, test: impl FnOnce() -> Result<()> + Send + 'static) -> Trial {
    Trial::test(name, move || test().map_err(|error| format!("{error:#}").into()))
}

/// The example alone, under the name of its file, as it is composed too.
fn setup(example: &Example) -> Setup {
    Setup::of(&[&example.built.named("weather")]).one_file(&example.one_file())
}

/// A server that the first of its trials starts: a list of the trials needs none. It ends with the last of them.
#[derive(Clone)]
struct Shared {
    server: Arc<OnceLock<Result<Server, String>>>,
    start: Arc<dyn Fn() -> Result<Server> + Send + Sync>,
}

impl Shared {
    fn of(shell: Shell, setup: impl Fn() -> Setup + Send + Sync + 'static) -> Shared {
        Shared { server: Arc::default(), start: Arc::new(move || Server::start(shell, &setup())) }
    }

    fn get(&self) -> Result<&Server> {
        let server = self.server.get_or_init(|| (self.start)().map_err(|error| format!("{error:#}")));
        server.as_ref().map_err(|error| anyhow::anyhow!("{error}"))
    }
}

/// The rows of the table for a language on a shell, all with one server.
fn conversations(example: &Example, shell: Shell, upstream: &Arc<Upstream>) -> Result<Vec<Trial>> {
    let server = {
        let (example, upstream) = (example.clone(), Arc::clone(upstream));
        Shared::of(shell, move || setup(&example).weather_of(&upstream).set("weather", "timeout-ms", TIMEOUT_MS))
    };
    let row = |case: Case| {
        let server = server.clone();
        trial(format!("{shell}, {}: {}", example.title, case.name), move || {
            let reply = server.get()?.send(&case.request()?)?;
            case.judge(&reply)?;
            repeats(&reply)
        })
    };
    Ok(example.cases("", upstream.authority())?.into_iter().map(row).collect())
}

/// What needs a server of its own.
fn alone(example: &Example, shell: Shell, upstream: &Arc<Upstream>) -> Vec<Trial> {
    let on = |name: &str, test: fn(&Example, Shell, &Upstream) -> Result<()>| {
        let (example, upstream) = (example.clone(), Arc::clone(upstream));
        trial(format!("{shell}, {}: {name}", example.title), move || test(&example, shell, &upstream))
    };
    let mut trials = vec![
        on("several places are asked for at once", at_once),
        on("an upstream that is down is named", down),
        on("a message of 2 MB comes back unchanged", large),
        on("a timeout is at most half of the time that the call has", in_time),
    ];
    if shell == Shell::Native {
        // Under wasmtime every provider may send requests to every host.
        trials.push(on("a host that is not allowed is named with the option that allows it", denied));
    }
    for (key, value, said) in SETTINGS {
        let (example, upstream) = (example.clone(), Arc::clone(upstream));
        let name = format!("{shell}, {}: the setting {key}={value} is named and not repeated", example.title);
        trials.push(trial(name, move || {
            let setup = setup(&example).set("weather", key, value).egress("weather", upstream.authority());
            let server = Server::start(shell, &setup)?;
            is_error(&server, "get_weather", &json!({ "location": "Oslo" }), said)?;
            is_text(&server, "echo", &json!({ "message": "no setting is needed" }), "no setting is needed")
        }));
    }
    trials
}

fn at_once(example: &Example, shell: Shell, _: &Upstream) -> Result<()> {
    // No answer comes before five requests are open, so that asking one after the other would never get any.
    let runtime = Runtime::new()?;
    let upstream = runtime.block_on(Upstream::start(Options { hold_until: 5, delay: Duration::ZERO }))?;
    let server = Server::start(shell, &setup(example).weather_of(&upstream))?;
    has_cities(&answer(&server, "multi_weather", &json!({ "cities": CITIES }))?)?;
    ensure!(upstream.most_at_once() >= CITIES.len(), "at most {} were open at once", upstream.most_at_once());
    ensure!(upstream.requests() == 9, "{} requests, not five and then four", upstream.requests());
    Ok(())
}

fn down(example: &Example, shell: Shell, _: &Upstream) -> Result<()> {
    let host = free_address()?.to_string();
    let url = format!("http://{host}");
    let setup = setup(example).set("weather", "geocoding-url", &url).egress("weather", &host);
    let server = Server::start(shell, &setup)?;
    let said = format!("<has the weather service at `{host}` cannot be reached: >");
    is_error(&server, "get_weather", &json!({ "location": "Oslo" }), &said)
}

fn denied(example: &Example, shell: Shell, upstream: &Upstream) -> Result<()> {
    let server = Server::start(shell, &setup(example).set("weather", "geocoding-url", upstream.url()))?;
    let said = "<has this server may not ask the weather service: >";
    let oslo = json!({ "location": "Oslo" });
    is_error(&server, "get_weather", &oslo, said)?;
    let option = format!("<has `--egress {}`>", upstream.authority());
    is_error(&server, "get_weather", &oslo, &option)
}

fn in_time(example: &Example, shell: Shell, upstream: &Upstream) -> Result<()> {
    let setup = setup(example).weather_of(upstream).set("weather", "timeout-ms", "60000");
    let server = Server::start(shell, &setup.set("transport", "call-timeout-ms", "2000"))?;
    let said = server.call("get_weather", r#"{"location":"Slowville"}"#)?;
    examples::in_time(&said, 2000)
}

fn large(example: &Example, shell: Shell, _: &Upstream) -> Result<()> {
    let server = Server::start(shell, &setup(example))?;
    let message = "aä東🌍".repeat(200_000);
    is_text(&server, "echo", &json!({ "message": message }), &message)
}

/// All examples on one server.
#[derive(Clone)]
struct Mixed {
    examples: Vec<Example>,
    upstream: Arc<Upstream>,
}

type MixedTest = fn(&Mixed) -> Result<()>;
const MIXED: [(&str, MixedTest); 2] = [
    ("each has its tools and its prompt under its prefix, and its resource", Mixed::each_has_its_own),
    ("one that runs out of memory ends that call, and no other", Mixed::one_ends),
];
/// The memory of a call, which is enough to say a word back, and not for [`TOO_LARGE`] bytes.
const MEMORY: [&str; 5] = ["rs=4MiB", "py=16MiB", "go=8MiB", "ts=4MiB", "js=4MiB"];
const TOO_LARGE: usize = 3_000_000;

impl Mixed {
    fn setup(&self) -> Setup {
        let named: Vec<String> = self.examples.iter().map(|example| example.built.named(example.language)).collect();
        let setup = Setup::of(&named.iter().map(String::as_str).collect::<Vec<_>>());
        let url = self.upstream.url();
        LANGUAGES.iter().fold(setup, |setup, language| {
            setup
                .prefix(language, &format!("{language}_"))
                .set(language, "geocoding-url", url)
                .set(language, "forecast-url", url)
                .egress(language, self.upstream.authority())
        })
    }

    fn each_has_its_own(&self) -> Result<()> {
        let server = Server::start(Shell::Native, &self.setup())?;
        list_all(&server, &self.examples.iter().collect::<Vec<_>>())?;
        self.examples.iter().try_for_each(|example| example.works(&server))
    }

    fn one_ends(&self) -> Result<()> {
        let limits: Vec<String> = MEMORY.iter().map(|limit| format!("--limit-memory={limit}")).collect();
        let flags: Vec<&str> = limits.iter().map(String::as_str).collect();
        let server = Server::start(Shell::Native, &self.setup().flags(&flags))?;
        let message = "a".repeat(TOO_LARGE);
        for language in LANGUAGES {
            let answer = answer(&server, &format!("{language}_echo"), &json!({ "message": message }))?;
            let said =
                json!({ "code": -32603, "message": format!("<has provider `{language}` exceeded its memory limit>") });
            let wrong = whole_differences(&said, answer.get("error").unwrap_or(&Value::Null));
            ensure!(wrong.is_empty(), "{}", wrong.join("\n").chars().take(2000).collect::<String>());
            self.examples.iter().try_for_each(|example| example.works(&server))?;
        }
        Ok(())
    }
}
