use crate::Absent;
use crate::bindings::exports::wasi::cli::environment;

impl environment::Guest for Absent {
    fn get_environment() -> Vec<(String, String)> {
        Vec::new()
    }

    fn get_arguments() -> Vec<String> {
        Vec::new()
    }

    fn initial_cwd() -> Option<String> {
        None
    }
}
