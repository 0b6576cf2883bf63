//! The upstream of the weather tool, and the keys of the issuer. The upstream knows one city, and takes 10 ms for each of the two requests.

use std::net::{SocketAddr, TcpListener as StdListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use memchr::memmem;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep_until};

const DELAY: Duration = Duration::from_millis(10);

const PLACES: &str = r#"{"results":[{"id":2950159,"name":"Berlin","latitude":52.52437,"longitude":13.41053,"country":"Germany","country_code":"DE","timezone":"Europe/Berlin"}]}"#;
const FORECAST: &str = r#"{"latitude":52.52,"longitude":13.42,"timezone":"GMT","current_units":{"time":"iso8601","temperature_2m":"°C","apparent_temperature":"°C","relative_humidity_2m":"%","precipitation":"mm","weather_code":"wmo code","wind_speed_10m":"km/h","wind_direction_10m":"°"},"current":{"time":"2026-08-01T12:00","interval":900,"temperature_2m":13.7,"apparent_temperature":12.1,"relative_humidity_2m":61,"precipitation":0.0,"weather_code":3,"wind_speed_10m":9.4,"wind_direction_10m":240}}"#;

/// The body of a response to a request with this head.
type Answer = dyn Fn(&[u8]) -> String + Send + Sync;

/// Starts the upstream in a thread of its own, on `core`, and returns its address.
pub(crate) fn start(core: usize) -> anyhow::Result<SocketAddr> {
    let weather = |head: &[u8]| if head.starts_with(b"GET /v1/search") { PLACES } else { FORECAST }.to_owned();
    listen(Some(core), DELAY, Arc::new(weather))
}

/// Where the keys of an issuer are served, and how often they were asked for.
pub(crate) struct KeyServer {
    pub(crate) address: SocketAddr,
    requests: Arc<AtomicU64>,
}

impl KeyServer {
    /// Starts it in a thread of its own.
    pub(crate) fn start(keys: String) -> anyhow::Result<Self> {
        let requests = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&requests);
        let answer = move |_: &[u8]| {
            counter.fetch_add(1, Ordering::Relaxed);
            keys.clone()
        };
        Ok(Self { address: listen(None, Duration::ZERO, Arc::new(answer))?, requests })
    }

    /// How often the keys were asked for so far.
    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }
}

fn listen(core: Option<usize>, delay: Duration, answer: Arc<Answer>) -> anyhow::Result<SocketAddr> {
    let listener = StdListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::spawn(move || {
        let pinned = core.map_or(Ok(()), crate::process::pin);
        let outcome = pinned.and_then(|()| runtime.block_on(accept(listener, delay, answer)));
        if let Err(error) = outcome {
            tell!("the upstream ended: {error:#}");
        }
    });
    Ok(address)
}

async fn accept(listener: StdListener, delay: Duration, answer: Arc<Answer>) -> anyhow::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        let answer = Arc::clone(&answer);
        // A client that disconnects is no error of the upstream.
        tokio::spawn(async move { serve(stream, delay, &*answer).await.ok() });
    }
}

async fn serve(mut stream: TcpStream, delay: Duration, answer: &Answer) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(4096);
    loop {
        let end = loop {
            if let Some(at) = memmem::find(&buffer, b"\r\n\r\n") {
                break at + 4;
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        };
        let due = Instant::now() + delay;
        let body = answer(&buffer);
        buffer.drain(..end);
        sleep_until(due).await;
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
        stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).await?;
    }
}
