use crate::{catalog, finish};

contract::serve!(Mux, catalog, finish);
