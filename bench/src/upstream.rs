//! The upstream of the weather tool. It knows one city, and takes 10 ms for each of the two requests.

use std::net::{SocketAddr, TcpListener as StdListener};
use std::time::Duration;

use memchr::memmem;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep_until};

const DELAY: Duration = Duration::from_millis(10);

const PLACES: &str = r#"{"results":[{"id":2950159,"name":"Berlin","latitude":52.52437,"longitude":13.41053,"country":"Germany","country_code":"DE","timezone":"Europe/Berlin"}]}"#;
const FORECAST: &str = r#"{"latitude":52.52,"longitude":13.42,"timezone":"GMT","current_units":{"time":"iso8601","temperature_2m":"°C","apparent_temperature":"°C","relative_humidity_2m":"%","precipitation":"mm","weather_code":"wmo code","wind_speed_10m":"km/h","wind_direction_10m":"°"},"current":{"time":"2026-08-01T12:00","interval":900,"temperature_2m":13.7,"apparent_temperature":12.1,"relative_humidity_2m":61,"precipitation":0.0,"weather_code":3,"wind_speed_10m":9.4,"wind_direction_10m":240}}"#;

/// Starts the upstream in a thread of its own, on `core`, and returns its address.
pub(crate) fn start(core: usize) -> anyhow::Result<SocketAddr> {
    let listener = StdListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::spawn(move || {
        let outcome = crate::process::pin(core).and_then(|()| runtime.block_on(accept(listener)));
        if let Err(error) = outcome {
            tell!("the upstream ended: {error:#}");
        }
    });
    Ok(address)
}

async fn accept(listener: StdListener) -> anyhow::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        // A client that disconnects is no error of the upstream.
        tokio::spawn(async move { serve(stream).await.ok() });
    }
}

async fn serve(mut stream: TcpStream) -> std::io::Result<()> {
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
        let due = Instant::now() + DELAY;
        let body = if buffer.starts_with(b"GET /v1/search") { PLACES } else { FORECAST };
        buffer.drain(..end);
        sleep_until(due).await;
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
        stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).await?;
    }
}
