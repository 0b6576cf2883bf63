//! The output of the encoder: bytes, or only their number.

/// Receives the bytes of a value in their order.
pub trait Sink {
    /// Receives the next bytes.
    fn put(&mut self, bytes: &[u8]);

    /// Receives the next bytes, which are the contents of a `list<u8>`.
    fn binary(&mut self, bytes: &[u8]) {
        self.put(bytes);
    }
}

impl Sink for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// A sink that counts bytes and keeps none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// The number of all bytes.
    pub total: usize,
    /// The number of bytes that are contents of a `list<u8>`. A host of wRPC makes a value of each of them (`wasmtime::component::Val`),
    /// which takes about 40 bytes of its memory, before it is one byte on the wire.
    pub binary: usize,
    /// About how many values there are, counted as pieces of bytes. That host keeps each with the name of its field, which takes some 100
    /// bytes.
    pub values: usize,
}

impl Sink for Size {
    fn put(&mut self, bytes: &[u8]) {
        self.values = self.values.saturating_add(1);
        self.total = self.total.saturating_add(bytes.len());
    }

    fn binary(&mut self, bytes: &[u8]) {
        self.binary = self.binary.saturating_add(bytes.len());
        self.put(bytes);
    }
}
