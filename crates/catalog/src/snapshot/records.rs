//! The records of a snapshot, and how one is read.

use std::borrow::Cow;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::json::{Json, Stored};

/// Where the records are: each is a text of JSON, and has a number.
#[derive(Debug, Clone)]
pub(super) enum Records {
    /// In memory.
    Stored(Arc<[String]>),
    /// Elsewhere. The function gives the record of a number, and `None` for one that is not there.
    Imported(fn(u32) -> Option<String>),
}

/// Why a record cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum RecordError {
    #[error("record {0} is missing")]
    Missing(u32),
    #[error("record {0} cannot be read: {1}")]
    Json(u32, serde_json::Error),
}

impl Records {
    /// A record as it is stored.
    pub(super) fn text(&self, number: u32) -> Result<Cow<'_, str>, RecordError> {
        let text = match self {
            Self::Stored(records) => {
                usize::try_from(number).ok().and_then(|number| records.get(number)).map(|record| record.as_str().into())
            }
            Self::Imported(record) => record(number).map(Cow::Owned),
        };
        text.ok_or(RecordError::Missing(number))
    }

    /// A record as the JSON that it is.
    pub(super) fn parse<T: DeserializeOwned>(&self, number: u32) -> Result<T, RecordError> {
        serde_json::from_str(&self.text(number)?).map_err(|error| RecordError::Json(number, error))
    }

    /// A record as the value that was stored.
    pub(super) fn read<T: Stored>(&self, number: u32) -> Result<T, RecordError> {
        self.parse(number).map(|Json(value)| value)
    }
}

impl Default for Records {
    fn default() -> Self {
        Self::Stored(Arc::default())
    }
}
