//! The command line of `wasmcp-lattice`: see `--help`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};
use rustix::process::Signal;
use wasmcp_lattice::commands::{self, archive, down, host, log, publish, report, status, up};
use wasmcp_lattice::process::Kind;
use wasmcp_lattice::process::run_dir::RunDir;

/// A wasmCloud lattice for wasmcp on this machine: NATS, wadm and hosts, all on 127.0.0.1.
#[derive(Parser)]
struct Options {
    /// The folder of one lattice: its state, logs and credentials.
    #[arg(long, global = true, default_value = "target/lattice/run", env = "WASMCP_LATTICE_RUN")]
    run: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts a lattice, deploys the manifest, waits until it serves, and prints the URL of the MCP server.
    Up(Up),
    /// Stops exactly what `up` started.
    Down,
    /// Reports what runs on which host, who is linked to whom, and what is missing.
    Status(Status),
    /// Checks a manifest: what is wrong, in which line, and why.
    Validate {
        /// The manifest.
        file: PathBuf,
    },
    /// Starts another host, or ends one.
    #[command(subcommand)]
    Host(Host),
    /// Makes the file from which hosts start a capability provider (`.par`) of a program for this machine.
    Archive {
        /// The program.
        program: PathBuf,
        /// The file.
        output: PathBuf,
    },
    /// Pushes all components and the contract to a registry, and writes a manifest that names them by digest.
    Publish(Publish),
}

#[derive(Args)]
struct Up {
    /// The number of hosts for providers.
    #[arg(long, default_value_t = 1)]
    hosts: u16,
    /// The manifest to deploy.
    #[arg(long, default_value = "wadm.hosts.yaml")]
    manifest: PathBuf,
    /// The port of the HTTP server, 0 for any free port [default: the manifest's if it is free, or else any free port]
    #[arg(long)]
    port: Option<u16>,
    /// A registry that hosts may use without TLS, ADDRESS:PORT.
    #[arg(long)]
    insecure_registry: Vec<String>,
    /// A folder with nats-server, wadm and wasmcloud_host [default: they are downloaded from wasmCloud]
    #[arg(long, env = "WASMCP_LATTICE_BINARIES")]
    binaries: Option<PathBuf>,
    /// How long it may take until the application serves, in seconds.
    #[arg(long, default_value_t = 180)]
    deadline: u64,
}

#[derive(Args)]
struct Status {
    /// Prints JSON, for programs.
    #[arg(long)]
    json: bool,
    /// Reports on another lattice, such as that of `wash up`: ADDRESS:PORT of its NATS server.
    #[arg(long)]
    nats: Option<String>,
    /// The credentials file for that server.
    #[arg(long, requires = "nats")]
    credentials: Option<PathBuf>,
    /// The URL of that lattice's MCP server.
    #[arg(long, requires = "nats", default_value = "http://127.0.0.1:8080/mcp")]
    url: String,
}

#[derive(Subcommand)]
enum Host {
    /// Starts another host, waits until it is ready, and prints its name.
    Add {
        /// The kind of host: `edge` runs the HTTP server and the transport, `provider` runs providers.
        #[arg(value_enum, default_value_t = Role::Provider)]
        role: Role,
        /// How long it may take until every component that all such hosts run also runs on it, in seconds.
        #[arg(long, default_value_t = 60)]
        deadline: u64,
    },
    /// Ends a host.
    Stop {
        /// Its name, as `status` prints it.
        name: String,
        /// The signal that ends it.
        #[arg(long, value_enum, default_value_t = StopSignal::Term)]
        signal: StopSignal,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Role {
    Edge,
    Provider,
}

#[derive(Clone, Copy, ValueEnum)]
enum StopSignal {
    /// The host finishes the calls that it runs.
    Term,
    /// The host ends at once, as if its machine were lost.
    Kill,
}

#[derive(Args)]
struct Publish {
    /// The registry, ADDRESS:PORT or a name.
    #[arg(long)]
    registry: String,
    /// Uses the registry without TLS.
    #[arg(long)]
    insecure: bool,
    /// Who pushes, for a registry that asks for a login; the password or token is in `REGISTRY_PASSWORD`.
    #[arg(long, env = "REGISTRY_USER")]
    user: Option<String>,
    /// A component that is pushed as a package by the name of its file.
    #[arg(long)]
    component: Vec<PathBuf>,
    /// The folder of the contract (WIT files).
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
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            log(&format!("wasmcp-lattice: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Runs a command. False if it ran and reports that something is missing.
async fn run(options: Options) -> Result<bool> {
    let run_dir = RunDir::at(&options.run)?;
    match options.command {
        Command::Up(arguments) => {
            let state = up::up(&run_dir, &arguments.into()).await?;
            report(&state.url.context("no application is served")?);
        }
        Command::Down => match down::down(&run_dir).await? {
            0 => log("no lattice is up"),
            count => log(&format!("stopped {count} processes")),
        },
        Command::Status(Status { json, nats, credentials, url }) => {
            let other = nats.map(|nats| status::OtherLattice { nats, credentials, url });
            return status::status(&run_dir, other.as_ref(), json).await;
        }
        Command::Validate { file } => commands::validate::validate(&file).await?,
        Command::Host(Host::Add { role, deadline }) => {
            report(&host::add(&run_dir, role.into(), Duration::from_secs(deadline)).await?);
        }
        Command::Host(Host::Stop { name, signal }) => host::stop(&run_dir, &name, signal.into()).await?,
        Command::Archive { program, output } => archive::archive(&program, &output).await?,
        Command::Publish(arguments) => {
            let login = login(arguments.user)?;
            let registry = publish::Registry { address: arguments.registry, insecure: arguments.insecure, login };
            let published = publish::all(&registry, &arguments.manifest, &arguments.component, &arguments.wit).await?;
            publish::write_manifest(&arguments.manifest, &published, &arguments.output)?;
            for (name, reference) in published.names {
                report(&format!("{name} {reference}"));
            }
        }
    }
    Ok(true)
}

/// The login for a registry. The password comes from the environment alone: other users of the machine can read arguments.
fn login(user: Option<String>) -> Result<Option<(String, String)>> {
    let set = |text: &String| !text.is_empty();
    match (user.filter(set), std::env::var("REGISTRY_PASSWORD").ok().filter(set)) {
        (None, None) => Ok(None),
        (Some(user), Some(password)) => Ok(Some((user, password))),
        (Some(_), None) => bail!("there is a user for the registry and no password: set `REGISTRY_PASSWORD`"),
        (None, Some(_)) => bail!("there is a password for the registry and no user: set `REGISTRY_USER`"),
    }
}

impl From<Up> for up::Options {
    fn from(arguments: Up) -> Self {
        Self {
            manifest: arguments.manifest,
            hosts: arguments.hosts,
            port: arguments.port,
            insecure_registries: arguments.insecure_registry,
            binaries: arguments.binaries,
            deadline: Duration::from_secs(arguments.deadline),
        }
    }
}

impl From<Role> for Kind {
    fn from(role: Role) -> Self {
        match role {
            Role::Edge => Self::EdgeHost,
            Role::Provider => Self::ProviderHost,
        }
    }
}

impl From<StopSignal> for Signal {
    fn from(signal: StopSignal) -> Self {
        match signal {
            StopSignal::Term => Self::TERM,
            StopSignal::Kill => Self::KILL,
        }
    }
}
