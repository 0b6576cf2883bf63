//! The service `state` behind a link: what the transport gets when the state provider or its host is lost.

use contract::FunctionName;
use contract::model::McpError;
use router::{Config, RemoteState, StateEntry};
use wire::encode_all;

use crate::scripted_rpc::{Fate, ScriptedRpc};
use crate::settings;

const fn function(function: &'static str) -> FunctionName {
    FunctionName { interface: "wasmcp:mcp/state@0.1.0", function }
}

/// The store, whose calls have these fates one after the other.
fn store(fates: &'static [fn() -> Fate]) -> (RemoteState<ScriptedRpc>, std::sync::Arc<ScriptedRpc>) {
    let rpc = ScriptedRpc::new(|_, function, earlier| {
        fates.get(earlier).map_or_else(|| panic!("call {earlier} of {function:?}"), |fate| fate())
    });
    (RemoteState::new(&rpc, &Config::from_settings(settings).expect("settings")), rpc)
}

fn found() -> Fate {
    let entry: Result<Option<StateEntry>, McpError> = Ok(Some((b"1".to_vec(), "7".to_owned())));
    Fate::Answered(1, encode_all(&entry))
}

fn written() -> Fate {
    Fate::Answered(1, encode_all(&Ok::<bool, McpError>(true)))
}

#[test]
fn an_entry_is_read_again_after_any_loss_and_what_cannot_be_read_is_an_error_in_time() {
    let cases: &[(&'static [fn() -> Fate], Result<(), McpError>, usize)] = &[
        (&[found], Ok(()), 1),
        (&[|| Fate::Ignored, found], Ok(()), 2),
        (&[|| Fate::Closed(1), found], Ok(()), 2),
        (&[|| Fate::NoInstance, found], Ok(()), 2),
        (&[|| Fate::Hangs, found], Ok(()), 2),
        (&[|| Fate::Unlinked], Err(McpError::NotOffered), 1),
        (&[|| Fate::NoInstance, || Fate::NoInstance, || Fate::NoInstance], Err(McpError::Unavailable(Some(1000))), 3),
        (&[|| Fate::Hangs, || Fate::Hangs, || Fate::Hangs], Err(McpError::Unavailable(Some(1000))), 2),
        (&[|| Fate::Answered(1, encode_all(&Err::<(), _>(McpError::NotOffered)))], Err(McpError::NotOffered), 1),
        (
            &[|| Fate::Answered(1, vec![9])],
            Err(McpError::Internal("the state provider: its result is not of this contract".to_owned())),
            1,
        ),
    ];
    for (number, (fates, expected, calls)) in cases.iter().enumerate() {
        let (store, rpc) = store(fates);
        let got = rpc.run(store.get("a"));
        match (&got, expected) {
            (Ok(entry), Ok(())) => assert_eq!(*entry, Some((b"1".to_vec(), "7".to_owned())), "{number}"),
            (Err(McpError::Internal(got)), Err(McpError::Internal(start))) => assert!(got.starts_with(start), "{got}"),
            (got, expected) => assert_eq!(got.as_ref().err(), expected.as_ref().err(), "{number}"),
        }
        assert_eq!(rpc.sent(function("get")).len(), *calls, "{number}");
        assert!(rpc.now() <= 4000, "{number}: {}", rpc.now());
    }
}

#[test]
fn a_comparison_runs_once_at_most_since_its_second_run_would_find_what_the_first_one_wrote() {
    let cases: &[(&'static [fn() -> Fate], Result<bool, McpError>, usize)] = &[
        (&[written], Ok(true), 1),
        // Without its parameters it cannot have run.
        (&[|| Fate::Ignored, written], Ok(true), 2),
        (&[|| Fate::NoInstance, written], Ok(true), 2),
        (&[|| Fate::Closed(1)], Err(McpError::Unavailable(Some(1000))), 1),
        (&[|| Fate::Hangs], Err(McpError::Unavailable(Some(1000))), 1),
        (&[|| Fate::Unlinked], Err(McpError::NotOffered), 1),
    ];
    for (number, (fates, expected, calls)) in cases.iter().enumerate() {
        let (store, rpc) = store(fates);
        assert_eq!(rpc.run(store.compare_and_set("a", None, b"1", Some(60))), *expected, "{number}");
        let sent = rpc.sent(function("compare-and-set"));
        assert_eq!(sent.len(), *calls, "{number}");
        assert!(sent.iter().all(|call| !call.one_shot), "{number}");
        assert!(rpc.now() <= 4000, "{number}: {}", rpc.now());
    }
}

#[test]
fn writes_have_no_answer_but_that_they_were_done() {
    let (store, rpc) = store(&[|| Fate::Answered(1, vec![0])]);
    assert_eq!(rpc.run(store.set("a", b"1", None)), Ok(()));
    assert_eq!(rpc.run(store.delete("a")), Ok(()));
}
