//! An object of a client, read member by member into the fields of a record. A member that is `null` counts as absent: clients whose
//! languages have no other way to leave a member out send it so.

use serde_json::value::RawValue;

use super::{FieldError, Members, is_object, not_null, text};

/// An object of which each member is taken as the type that it must have.
pub(crate) struct Fields<'a> {
    members: Members<'a>,
    /// The members of inner objects that were not taken, as an object by the name of the inner one.
    inner: Vec<(&'static str, String)>,
}

impl<'a> Fields<'a> {
    pub(crate) fn of(members: Members<'a>) -> Self {
        Self { members, inner: Vec::new() }
    }

    pub(crate) fn read(raw: &'a RawValue) -> Result<Self, FieldError> {
        Members::read(raw.get()).map(Self::of).map_err(|_| FieldError::new("", "must be an object"))
    }

    pub(crate) fn take(&mut self, name: &str) -> Option<&'a RawValue> {
        self.members.take(name).filter(not_null)
    }

    /// Looks a member up without taking it.
    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.members.get(name).filter(not_null)
    }

    /// Takes all members, so that none of them is in what remains.
    pub(crate) fn take_all(&mut self) {
        self.members = Members::default();
    }

    pub(crate) fn required_text(&mut self, name: &str) -> Result<String, FieldError> {
        let text = self.take(name).and_then(text);
        Ok(text.ok_or_else(|| FieldError::new(name, "is required and must be a string"))?.into_owned())
    }

    pub(crate) fn optional_text(&mut self, name: &str) -> Result<Option<String>, FieldError> {
        let Some(raw) = self.take(name) else { return Ok(None) };
        let text = text(raw).ok_or_else(|| FieldError::new(name, "must be a string"))?;
        Ok(Some(text.into_owned()))
    }

    /// Reads an inner object that must be there, as [`inner`](Self::inner) does.
    pub(crate) fn required_inner<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Self) -> Result<T, FieldError>,
    ) -> Result<T, FieldError> {
        self.inner(name, read)?.ok_or_else(|| FieldError::new(name, "is required and must be an object"))
    }

    pub(crate) fn required_object(&mut self, name: &str) -> Result<&'a RawValue, FieldError> {
        let object = self.take(name).filter(|raw| is_object(raw));
        object.ok_or_else(|| FieldError::new(name, "is required and must be an object"))
    }

    pub(crate) fn optional_object(&mut self, name: &str) -> Result<Option<Self>, FieldError> {
        self.take(name).map(Self::read).transpose().map_err(|error| error.within(name))
    }

    /// Reads an inner object. The members of it that are not taken are among those of this object that are not taken.
    pub(crate) fn inner<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Self) -> Result<T, FieldError>,
    ) -> Result<Option<T>, FieldError> {
        let Some(mut inner) = self.optional_object(name)? else { return Ok(None) };
        let value = read(&mut inner).map_err(|error| error.within(name))?;
        self.inner.extend(inner.remaining().map(|remaining| (name, remaining)));
        Ok(Some(value))
    }

    /// Whether there is an inner object with this name.
    pub(crate) fn has_object(&mut self, name: &'static str) -> Result<bool, FieldError> {
        Ok(self.inner(name, |_| Ok(()))?.is_some())
    }

    pub(crate) fn optional_bool(&mut self, name: &str) -> Result<Option<bool>, FieldError> {
        match self.take(name).map(RawValue::get) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(FieldError::new(name, "must be a boolean")),
        }
    }

    /// The items of an array, none where there is no such member.
    pub(crate) fn items<T>(
        &mut self,
        name: &str,
        read: impl Fn(&'a RawValue) -> Result<T, FieldError>,
    ) -> Result<Vec<T>, FieldError> {
        let Some(raw) = self.take(name) else { return Ok(Vec::new()) };
        let items: Vec<&RawValue> =
            serde_json::from_str(raw.get()).map_err(|_| FieldError::new(name, "must be an array"))?;
        let read = |(at, raw)| read(raw).map_err(|error| error.within(&format!("{name}[{at}]")));
        items.into_iter().enumerate().map(read).collect()
    }

    /// The items of an array that can be read, none where there is no such array: of members that only decorate.
    pub(crate) fn readable_items<T>(
        &mut self,
        name: &str,
        read: impl Fn(&'a RawValue) -> Result<T, FieldError>,
    ) -> Vec<T> {
        let items: Option<Vec<&RawValue>> = self.take(name).and_then(|raw| serde_json::from_str(raw.get()).ok());
        items.into_iter().flatten().filter_map(|raw| read(raw).ok()).collect()
    }

    /// The members of an object that is a map from names to strings, none where there is no such member.
    pub(crate) fn text_entries(&mut self, name: &str) -> Result<Vec<(String, String)>, FieldError> {
        let Some(fields) = self.optional_object(name)? else { return Ok(Vec::new()) };
        let entry = |(key, raw): (std::borrow::Cow<'_, str>, &'a RawValue)| match text(raw) {
            Some(value) => Ok((key.into_owned(), value.into_owned())),
            None => Err(FieldError::new(key, "must be a string").within(name)),
        };
        fields.members.into_iter().map(entry).collect()
    }

    /// The members of an object that is a map from names to any JSON, none where there is no such member.
    pub(crate) fn entries(&mut self, name: &str) -> Result<Vec<(String, String)>, FieldError> {
        let Some(fields) = self.optional_object(name)? else { return Ok(Vec::new()) };
        Ok(fields.members.into_iter().map(|(key, raw)| (key.into_owned(), raw.get().to_owned())).collect())
    }

    /// The members that were not taken, as an object: the `extra` of a record.
    pub(crate) fn remaining(&mut self) -> Option<String> {
        let outer = std::mem::take(&mut self.members).remaining();
        self.inner.drain(..).fold(outer, |outer, (name, inner)| {
            let before = outer.as_deref().and_then(|outer| outer.strip_suffix('}'));
            Some(match before {
                Some(before) => format!(r#"{before},"{name}":{inner}}}"#),
                None => format!(r#"{{"{name}":{inner}}}"#),
            })
        })
    }
}
