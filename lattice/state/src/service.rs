//! The functions of `wasmcp:mcp/state` over wRPC: parameters from bytes, the component from the head of the call, the answer as bytes.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use async_nats::HeaderMap;
use bytes::{Bytes, BytesMut};
use contract::model::{ErrorDetail, McpError};
use futures::stream::{BoxStream, SelectAll};
use futures::{StreamExt, TryStreamExt};
use state::{MAX_KEY_BYTES, MAX_VALUE_BYTES, StoreError};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use wire::{Decode, DecodeError, Encode, decode_all, encode_all};
use wrpc_transport::Serve;
use wrpc_transport_nats::{Client, Reader, SubjectWriter};

use crate::buckets::Buckets;
use crate::links::Links;

const INTERFACE: &str = "wasmcp:mcp/state@0.1.0";
/// How many calls run at once. More wait.
const MAX_CALLS: usize = 256;
/// How many bytes parameters may have: twice the largest value, so that one that is too large is answered with the reason.
const MAX_PARAMETERS: usize = 2 * (MAX_VALUE_BYTES + MAX_KEY_BYTES);
/// How long the parameters of a call may take to arrive.
const PARAMETERS_TIMEOUT: Duration = Duration::from_secs(5);
/// How many bytes are read at once.
const READ_BYTES: usize = 16 << 10;

/// A call that has begun: its function, its head, the way for its answer and its parameters.
type Call = (Function, Option<HeaderMap>, SubjectWriter, Reader);

#[derive(Clone, Copy, Debug)]
enum Function {
    Get,
    Set,
    CompareAndSet,
    Delete,
}

const FUNCTIONS: [(&str, Function); 4] = [
    ("get", Function::Get),
    ("set", Function::Set),
    ("compare-and-set", Function::CompareAndSet),
    ("delete", Function::Delete),
];

/// Subscribes to the calls. What it returns answers them, for as long as there is a connection.
pub(crate) async fn serve(
    wrpc: &Client,
    links: Arc<Links>,
    buckets: Arc<Buckets>,
) -> Result<impl Future<Output = ()> + use<>> {
    let mut calls: SelectAll<BoxStream<'static, Result<Call>>> = SelectAll::new();
    for (name, function) in FUNCTIONS {
        let paths: Vec<Box<[Option<usize>]>> = Vec::new();
        let begun = wrpc.serve(INTERFACE, name, paths).await.with_context(|| format!("cannot serve {name}"))?;
        calls.push(begun.map_ok(move |(head, answer, parameters)| (function, head, answer, parameters)).boxed());
    }
    let places = Arc::new(Semaphore::new(MAX_CALLS));
    Ok(async move {
        while let Some(call) = calls.next().await {
            match (call, Arc::clone(&places).acquire_owned().await) {
                (Ok(call), Ok(place)) => {
                    let (links, buckets) = (Arc::clone(&links), Arc::clone(&buckets));
                    tokio::spawn(async move {
                        if let Err(error) = one(call, &links, &buckets).await {
                            tracing::warn!("a call was not answered: {error:#}");
                        }
                        drop(place);
                    });
                }
                (Err(error), _) => tracing::warn!("a call was not accepted: {error:#}"),
                // The semaphore is never closed.
                (_, Err(_)) => return,
            }
        }
    })
}

/// Answers one call. An answer that is not sent ends as the end of the connection does: the caller's call fails at once.
async fn one((function, head, mut answer, mut parameters): Call, links: &Links, buckets: &Buckets) -> Result<()> {
    let component = head.as_ref().and_then(|head| head.get("source-id")).map(ToString::to_string);
    let component = component.context("the call does not say which component it is of")?;
    let bytes = match timeout(PARAMETERS_TIMEOUT, run(function, &component, &mut parameters, links, buckets)).await {
        Ok(bytes) => bytes?,
        Err(_) => bail!("no answer to {function:?} of `{}` in time", component.escape_debug()),
    };
    answer.write_all(&bytes).await?;
    Ok(answer.shutdown().await?)
}

/// The answer to a call, as bytes.
async fn run(
    function: Function,
    component: &str,
    parameters: &mut Reader,
    links: &Links,
    buckets: &Buckets,
) -> Result<Vec<u8>> {
    if !links.has(component) {
        // The link may be so new that this provider has not heard of it yet.
        tracing::warn!("`{}` is not linked to this provider, and stores nothing", component.escape_debug());
        return Ok(encode_all(&Err::<(), _>(McpError::Unavailable(Some(1000)))));
    }
    Ok(match function {
        Function::Get => {
            match read::<(String,)>(parameters).await? {
                Ok((key,)) => {
                    let entry = buckets.get(component, &key).await.map_err(|error| mcp_error(component, error));
                    encode_all(&entry.map(|entry: Option<_>| {
                        entry.map(|entry: state::Entry| (entry.value.to_vec(), entry.revision))
                    }))
                }
                Err(error) => refused(error),
            }
        }
        Function::Set => match read::<(String, (Vec<u8>, Option<u32>))>(parameters).await? {
            Ok((key, (value, ttl_s))) => done(component, buckets.set(component, &key, value.into(), ttl_s).await),
            Err(error) => refused(error),
        },
        Function::CompareAndSet => {
            match read::<((String, Option<String>), (Vec<u8>, Option<u32>))>(parameters).await? {
                Ok(((key, expected), (value, ttl_s))) => {
                    let value = Bytes::from(value);
                    done(component, buckets.compare_and_set(component, &key, expected.as_deref(), value, ttl_s).await)
                }
                Err(error) => refused(error),
            }
        }
        Function::Delete => match read::<(String,)>(parameters).await? {
            Ok((key,)) => done(component, buckets.delete(component, &key).await),
            Err(error) => refused(error),
        },
    })
}

fn done<T: Encode>(component: &str, done: Result<T, StoreError>) -> Vec<u8> {
    encode_all(&done.map_err(|error| mcp_error(component, error)))
}

fn refused(error: McpError) -> Vec<u8> {
    encode_all(&Err::<(), _>(error))
}

/// The error as the contract has it. What only the operator can change is logged.
fn mcp_error(component: &str, error: StoreError) -> McpError {
    if let StoreError::Unreachable(_) = error {
        tracing::warn!("`{component}`: {error}");
    }
    error.into()
}

/// Reads parameters from as many messages as they have, and no further: their sender may keep the way open. An error of the second kind is
/// for the caller.
async fn read<T: Decode>(from: &mut (impl AsyncRead + Unpin)) -> Result<Result<T, McpError>> {
    let mut bytes = BytesMut::new();
    loop {
        match decode_all(&bytes) {
            Ok(parameters) => return Ok(Ok(parameters)),
            Err(DecodeError::Truncated(_) | DecodeError::Length(_)) => {}
            Err(error) => bail!("the parameters are not those of the contract: {error}"),
        }
        if bytes.len() > MAX_PARAMETERS {
            let message = format!("the parameters have more than {MAX_PARAMETERS} bytes: store the value in parts");
            return Ok(Err(McpError::InvalidParams(ErrorDetail { message, data: None })));
        }
        bytes.reserve(READ_BYTES);
        if from.read_buf(&mut bytes).await? == 0 {
            bail!("the parameters end after {} bytes", bytes.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every second read has one byte, as messages may end anywhere.
    fn in_pieces(bytes: &[u8]) -> impl AsyncRead + Unpin {
        bytes.get(..1).unwrap_or_default().chain(bytes.get(1..).unwrap_or_default())
    }

    #[tokio::test]
    async fn parameters_are_read_from_any_number_of_messages_and_to_their_end_alone() {
        let written = (("key".to_owned(), Some("7".to_owned())), (vec![1_u8; 100_000], Some(60_u32)));
        let bytes = encode_all(&written);
        let mut open = in_pieces(&bytes).chain(tokio::io::empty());
        let read = read::<((String, Option<String>), (Vec<u8>, Option<u32>))>(&mut open).await.unwrap();
        assert_eq!(read, Ok(written));
    }

    #[tokio::test]
    async fn forged_parameters_end_the_call_and_take_no_memory() {
        // A length of 2^35 bytes, a text that is not UTF-8, half a text, and more than there has to be.
        for bytes in [&[0xff, 0xff, 0xff, 0xff, 0x7f, 1][..], &[1, 0xff], &[5, b'a'], &[1, b'a', 0], &[]] {
            assert!(read::<(String,)>(&mut in_pieces(bytes)).await.is_err(), "{bytes:?}");
        }
    }

    #[tokio::test]
    async fn a_value_that_is_far_too_large_is_refused_with_the_reason() {
        let bytes = encode_all(&("key".to_owned(), (vec![0_u8; 4 * MAX_VALUE_BYTES], None::<u32>)));
        let read = read::<(String, (Vec<u8>, Option<u32>))>(&mut bytes.as_slice()).await.unwrap();
        assert!(matches!(read, Err(McpError::InvalidParams(_))));
    }
}
