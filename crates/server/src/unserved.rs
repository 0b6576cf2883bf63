use crate::admission::BodyError;
use crate::problem::Problem;
use crate::response::Response;

/// Why a shell that passes requests on to a whole server has no answer of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unserved {
    /// The request names more than one host, and the server would be told one of them.
    TwoHosts,
    /// It names none.
    NoHost,
    /// Its body did not come in time.
    TooSlow,
    /// Too many requests at once.
    Busy,
    /// The server failed; the shell has logged how.
    Failed,
}

impl Unserved {
    /// What the client is told, as this engine would.
    pub fn respond(self) -> Response {
        match self {
            Self::TwoHosts => Problem::ForeignHost("the request names more than one".to_owned()),
            Self::NoHost => Problem::ForeignHost("no `Host` header that can be read".to_owned()),
            Self::TooSlow => Problem::Body(BodyError::TooSlow, 0),
            Self::Busy => Problem::Busy,
            Self::Failed => Problem::Failed,
        }
        .respond()
    }
}

#[cfg(test)]
mod tests {
    use super::Unserved;
    use crate::response::Body;

    #[test]
    fn what_a_shell_answers_is_an_error_of_the_protocol() {
        for (why, status, code) in [
            (Unserved::TwoHosts, 403, -32600),
            (Unserved::NoHost, 403, -32600),
            (Unserved::TooSlow, 408, -32600),
            (Unserved::Busy, 503, -32603),
            (Unserved::Failed, 500, -32603),
        ] {
            let response = why.respond();
            let Body::Full(body) = response.body() else { panic!("{why:?} has no body") };
            let body: serde_json::Value = serde_json::from_slice(body).expect("JSON");
            assert_eq!((response.status().as_u16(), &body["error"]["code"]), (status, &code.into()), "{why:?}");
        }
    }
}
