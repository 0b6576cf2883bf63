//! NATS, over which everything on a lattice communicates: who may do what there, and the driver's own connection.

mod accounts;
pub mod client;
pub mod credentials;
pub mod scope;

/// The name of the lattice: the default of wash, so that `wash` needs no option for it.
pub const LATTICE: &str = "default";
