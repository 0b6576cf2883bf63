//! The tools of the native servers by rmcp: its streamable HTTP service, stateless with JSON answers, as its own examples set it up. The
//! tool router is built once and shared, not per request.

use std::sync::Arc;

use rmcp::handler::server::{router::tool::ToolRouter, wrapper::Parameters};
use rmcp::model::{ServerCapabilities, ServerConfig};
use rmcp::transport::streamable_http_server::{
    StreamableHttpServerConfig, StreamableHttpService, session::local::LocalSessionManager,
};
use rmcp::{ServerHandler, schemars, tool, tool_handler, tool_router};
use serde::Deserialize;

use crate::weather::Weather;

#[derive(Clone)]
struct Tools {
    router: Arc<ToolRouter<Self>>,
    weather: Weather,
}

#[derive(Deserialize, schemars::JsonSchema)]
struct Echo {
    /// What to say back.
    message: String,
}

#[derive(Deserialize, schemars::JsonSchema)]
struct Location {
    /// A city.
    location: String,
}

#[tool_router]
impl Tools {
    #[tool(description = "Says back what it is told.")]
    async fn echo(&self, Parameters(Echo { message }): Parameters<Echo>) -> String {
        message
    }

    #[tool(description = "The weather of a city.")]
    async fn get_weather(&self, Parameters(Location { location }): Parameters<Location>) -> Result<String, String> {
        self.weather.report(&location).await.map_err(|error| error.to_string())
    }
}

#[tool_handler(router = self.router)]
impl ServerHandler for Tools {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }
}

/// The server at `/mcp`; the weather comes from `upstream`.
pub fn router(upstream: &str) -> axum::Router {
    let tools = Tools { router: Arc::new(Tools::tool_router()), weather: Weather::new(upstream) };
    let config = StreamableHttpServerConfig::default().with_legacy_session_mode(false).with_json_response(true);
    let service =
        StreamableHttpService::new(move || Ok(tools.clone()), Arc::new(LocalSessionManager::default()), config);
    axum::Router::new().nest_service("/mcp", service)
}
