//! `wasmcp-lattice`: see `--help`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};
use rustix::process::Signal;
use wasmcp_lattice::inventory::{Inventory, Question};
use wasmcp_lattice::lattice::Lattice;
use wasmcp_lattice::process::Kind;
use wasmcp_lattice::state::Run;
use wasmcp_lattice::{down, host, publish, show, up, validate};

/// A wasmCloud lattice for wasmcp on this machine: NATS, wadm and hosts, all on 127.0.0.1.
#[derive(Parser)]
struct Options {
    /// The folder for what one lattice needs: processes, logs, credentials.
    #[arg(long, global = true, default_value = "target/lattice/run", env = "WASMCP_LATTICE_RUN")]
    run: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts it, deploys the manifest, waits until that serves, prints where.
    Up(Up),
    /// Stops exactly what `up` started.
    Down,
    /// Tells what runs where, who is linked to whom, and what is missing.
    Status(Status),
    /// Checks a manifest: what is wrong, in which line, and why.
    Validate {
        /// The manifest.
        file: PathBuf,
    },
    /// Starts one more host, or ends one.
    #[command(subcommand)]
    Host(Host),
    /// Pushes all components and the contract to a registry, and writes a manifest that names them by digest.
    Publish(Publish),
}

#[derive(Args)]
struct Up {
    /// How many hosts for providers.
    #[arg(long, default_value_t = 1)]
    hosts: u16,
    /// What to deploy.
    #[arg(long, default_value = "wadm.hosts.yaml")]
    manifest: PathBuf,
    /// The port of the HTTP server, 0 for any that is free [default: the manifest's if it is free, else any]
    #[arg(long)]
    port: Option<u16>,
    /// A registry to which hosts may speak without TLS, ADDRESS:PORT.
    #[arg(long)]
    insecure_registry: Vec<String>,
    /// A folder with nats-server, wadm and wasmcloud_host [default: wasmCloud's own are downloaded]
    #[arg(long, env = "WASMCP_LATTICE_TOOLS")]
    tools: Option<PathBuf>,
    /// How long it may take, in seconds.
    #[arg(long, default_value_t = 180)]
    deadline: u64,
}

#[derive(Args)]
struct Status {
    /// Prints it as JSON, for programs.
    #[arg(long)]
    json: bool,
    /// Another lattice, say of `wash up`: ADDRESS:PORT of its NATS server.
    #[arg(long)]
    nats: Option<String>,
    /// Credentials for that server.
    #[arg(long, requires = "nats")]
    credentials: Option<PathBuf>,
    /// Where that lattice's server answers.
    #[arg(long, requires = "nats", default_value = "http://127.0.0.1:8080/mcp")]
    url: String,
}

#[derive(Subcommand)]
enum Host {
    /// Starts one more, waits until it takes part, and prints its name.
    Add {
        /// What it is for: `edge` runs the HTTP server and the transport, `provider` runs providers.
        #[arg(value_enum, default_value_t = Role::Provider)]
        role: Role,
        /// How long it may take until all runs on it that is to run on every host like it, in seconds.
        #[arg(long, default_value_t = 60)]
        deadline: u64,
    },
    /// Ends one.
    Stop {
        /// Its name, as `status` prints it.
        name: String,
        /// The signal that ends it.
        #[arg(long, value_enum, default_value_t = How::Term)]
        signal: How,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Role {
    Edge,
    Provider,
}

#[derive(Clone, Copy, ValueEnum)]
enum How {
    /// It may finish what it does.
    Term,
    /// As if its machine were lost.
    Kill,
}

#[derive(Args)]
struct Publish {
    /// The registry, ADDRESS:PORT or a name.
    #[arg(long)]
    registry: String,
    /// Speaks to it without TLS.
    #[arg(long)]
    insecure: bool,
    /// The folder of the contract.
    #[arg(long, default_value = "wit")]
    wit: PathBuf,
    /// The manifest whose images are replaced.
    #[arg(long, default_value = "wadm.hosts.yaml")]
    manifest: PathBuf,
    /// The manifest that is written.
    #[arg(long, default_value = "target/lattice/wadm.oci.yaml")]
    output: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("wasmcp-lattice: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<ExitCode> {
    let run = Run::at(&options.run)?;
    match options.command {
        Command::Up(up) => {
            let wanted = up::Options {
                manifest: up.manifest,
                hosts: up.hosts,
                port: up.port,
                insecure_registries: up.insecure_registry,
                tools: up.tools,
                deadline: Duration::from_secs(up.deadline),
            };
            let state = up::up(&run, &wanted).await?;
            say(&state.url.context("nothing is served")?)?;
        }
        Command::Down => match down::down(&run).await? {
            0 => eprintln!("no lattice is up"),
            count => eprintln!("stopped {count} processes"),
        },
        Command::Status(status) => return tell(&run, &status).await,
        Command::Validate { file } => return check(&file).await,
        Command::Host(Host::Add { role, deadline }) => {
            let kind = match role {
                Role::Edge => Kind::EdgeHost,
                Role::Provider => Kind::ProviderHost,
            };
            say(&host::add(&run, kind, Duration::from_secs(deadline)).await?)?;
        }
        Command::Host(Host::Stop { name, signal }) => {
            let signal = match signal {
                How::Term => Signal::TERM,
                How::Kill => Signal::KILL,
            };
            host::stop(&run, &name, signal).await?;
        }
        Command::Publish(wanted) => {
            let registry = publish::Registry { address: wanted.registry, insecure: wanted.insecure };
            let published = publish::all(&registry, &wanted.manifest, &wanted.wit).await?;
            publish::write_manifest(&wanted.manifest, &published, &wanted.output).await?;
            for (name, reference) in published.names {
                say(&format!("{name} {reference}"))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn tell(run: &Run, status: &Status) -> Result<ExitCode> {
    let (lattice, application, url, processes) = match &status.nats {
        Some(nats) => {
            let lattice = Lattice::connect(nats, status.credentials.as_deref(), None).await?;
            let application = lattice.applications().await?.into_iter().next();
            (lattice, application, Some(status.url.clone()), Vec::new())
        }
        None => {
            let state = run.running()?;
            let lattice = state.connect().await?;
            (lattice, state.application, state.url, state.processes)
        }
    };
    let question = Question { application: application.as_deref(), url: url.as_deref(), processes: &processes };
    let inventory = Inventory::take(&lattice, question).await?;
    match status.json {
        true => say(&serde_json::to_string_pretty(&inventory)?)?,
        false => say(show::text(&inventory, &processes).trim_end())?,
    }
    Ok(if inventory.missing.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints a line, or several. A reader who has seen enough, as in `status | head`, is no error.
fn say(lines: &str) -> Result<()> {
    match writeln!(std::io::stdout(), "{lines}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error).context("cannot print"),
        _ => Ok(()),
    }
}

async fn check(file: &std::path::Path) -> Result<ExitCode> {
    let report = validate::file(file).await?;
    for finding in &report.findings {
        say(&format!("{}:{finding}", file.display()))?;
    }
    if !report.is_good() {
        bail!("{} cannot be deployed", file.display());
    }
    say(&format!(
        "{} can be deployed on hosts with WASMCLOUD_EXPERIMENTAL_FEATURES={}",
        file.display(),
        report.features.join(",")
    ))?;
    Ok(ExitCode::SUCCESS)
}
