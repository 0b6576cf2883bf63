/// Takes the bytes of a value in their order.
pub trait Sink {
    /// The next bytes.
    fn put(&mut self, bytes: &[u8]);

    /// The next bytes, which are the contents of a `list<u8>`.
    fn binary(&mut self, bytes: &[u8]) {
        self.put(bytes);
    }
}

impl Sink for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// Counts bytes and keeps none: how long a value would be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// All bytes.
    pub total: usize,
    /// Those of them that are the contents of a `list<u8>`. wRPC's host has each of them as a value of its own
    /// (`wasmtime::component::Val`), about 40 bytes, before it is one on the wire.
    pub binary: usize,
    /// About how many values there are, each of which that host has with the name of its field, some 100 bytes: pieces that were put.
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
