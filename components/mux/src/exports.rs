use crate::catalog;

contract::serve!(Mux, catalog, contract::at_once);
