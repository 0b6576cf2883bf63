use crate::catalog;

contract::export_provider!(Mux, catalog, contract::poll_ready_now);
