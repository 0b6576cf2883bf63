use serde_json::value::RawValue;

use super::Fault;
use crate::members::{self, Members};

/// An object of which each member is taken as the type that it must have.
pub(super) struct Fields<'a> {
    members: Members<'a>,
    /// What was not taken of objects inside, by name.
    inner: Vec<(&'static str, String)>,
}

impl<'a> Fields<'a> {
    pub(super) fn of(members: Members<'a>) -> Self {
        Self { members, inner: Vec::new() }
    }

    pub(super) fn read(raw: &'a RawValue) -> Result<Self, Fault> {
        Members::read(raw.get()).map(Self::of).map_err(|_| Fault::new("", "must be an object"))
    }

    pub(super) fn take(&mut self, name: &str) -> Option<&'a RawValue> {
        self.members.take(name)
    }

    pub(super) fn required_text(&mut self, name: &str) -> Result<String, Fault> {
        let text = self.take(name).and_then(members::text);
        Ok(text.ok_or_else(|| Fault::new(name, "is required and must be a string"))?.into_owned())
    }

    pub(super) fn optional_text(&mut self, name: &str) -> Result<Option<String>, Fault> {
        let Some(raw) = self.take(name) else { return Ok(None) };
        let text = members::text(raw).ok_or_else(|| Fault::new(name, "must be a string"))?;
        Ok(Some(text.into_owned()))
    }

    pub(super) fn required_object(&mut self, name: &str) -> Result<&'a RawValue, Fault> {
        let object = self.take(name).filter(|raw| members::is_object(raw));
        object.ok_or_else(|| Fault::new(name, "is required and must be an object"))
    }

    pub(super) fn optional_object(&mut self, name: &str) -> Result<Option<Self>, Fault> {
        self.take(name).map(Self::read).transpose().map_err(|fault| fault.within(name))
    }

    /// Reads an object inside. What is not taken of it is part of what is not taken of this one.
    pub(super) fn inner<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        let Some(mut inner) = self.optional_object(name)? else { return Ok(None) };
        let value = read(&mut inner).map_err(|fault| fault.within(name))?;
        self.inner.extend(inner.rest().map(|rest| (name, rest)));
        Ok(Some(value))
    }

    /// Whether there is such an object.
    pub(super) fn has_object(&mut self, name: &'static str) -> Result<bool, Fault> {
        Ok(self.inner(name, |_| Ok(()))?.is_some())
    }

    pub(super) fn optional_bool(&mut self, name: &str) -> Result<Option<bool>, Fault> {
        match self.take(name).map(RawValue::get) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(Fault::new(name, "must be a boolean")),
        }
    }

    /// The items of an array, none where there is no such member.
    pub(super) fn items<T>(
        &mut self,
        name: &str,
        read: impl Fn(&'a RawValue) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let Some(raw) = self.take(name) else { return Ok(Vec::new()) };
        let items: Vec<&RawValue> =
            serde_json::from_str(raw.get()).map_err(|_| Fault::new(name, "must be an array"))?;
        let read = |(at, raw)| read(raw).map_err(|fault| fault.within(&format!("{name}[{at}]")));
        items.into_iter().enumerate().map(read).collect()
    }

    /// The members of an object that is a map from names to any JSON, none where there is no such member.
    pub(super) fn entries(&mut self, name: &str) -> Result<Vec<(String, String)>, Fault> {
        let Some(fields) = self.optional_object(name)? else { return Ok(Vec::new()) };
        Ok(fields.members.into_iter().map(|(key, raw)| (key.into_owned(), raw.get().to_owned())).collect())
    }

    /// What was not taken, as an object.
    pub(super) fn rest(&mut self) -> Option<String> {
        let rest = std::mem::take(&mut self.members).rest();
        self.inner.drain(..).fold(rest, |rest, (name, inner)| {
            let before = rest.as_deref().and_then(|rest| rest.strip_suffix('}'));
            Some(match before {
                Some(before) => format!(r#"{before},"{name}":{inner}}}"#),
                None => format!(r#"{{"{name}":{inner}}}"#),
            })
        })
    }
}
