//! A provider that uses all of the helper.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wasmcp_provider::contract::{McpError, Role};
use wasmcp_provider::{Call, Elicited, Failure, Json, NoArguments, Server, Tool, image, said, setting};

#[derive(Deserialize, JsonSchema)]
struct Add {
    a: f64,
    /// The second number
    b: f64,
}

#[derive(Serialize, JsonSchema)]
struct Sum {
    sum: f64,
}

#[derive(Deserialize, JsonSchema)]
struct Count {
    to: u32,
}

#[derive(Deserialize, JsonSchema)]
struct Page {
    url: String,
}

#[derive(Deserialize, JsonSchema)]
struct Person {
    /// Whom to greet
    name: String,
}

fn server() -> Server {
    Server::new("helped", "1.0.0")
        .tool("add", "Adds two numbers.", |Add { a, b }, _| a + b)
        .add_tool(Tool::new("sum", "Adds two numbers.", |Add { a, b }, _| Json(Sum { sum: a + b })).read_only())
        .tool("pixel", "A picture.", |_: NoArguments, _| image(vec![0, 255], "image/png"))
        .tool("fetch", "Gets a page.", |Page { url }, call| {
            call.progress(1.0, None, "asked");
            let response = call.get(&url)?;
            Ok::<_, Failure>(format!("{} {}", response.status, String::from_utf8_lossy(&response.body)))
        })
        .tool("unit", "Says the unit.", |_: NoArguments, _| Ok::<_, String>(setting("unit")?.unwrap_or_default()))
        .tool("count", "Counts in steps.", count)
        .tool("book", "Books a table.", |_: NoArguments, call| {
            let Elicited::Accept(Person { name }) = call.ask("who", "For whom?")? else {
                return Ok("not booked".into());
            };
            Ok::<_, Failure>(format!("booked for {name}"))
        })
        .tool("secret", "Is forbidden.", |_: NoArguments, _| {
            Err::<String, _>(Failure::Mcp(McpError::Forbidden("not you".into())))
        })
        .resource("helped://motto", "motto", "text/plain", |_| Ok("Errors are values."))
        .template("helped://double/{n}", "double", "text/plain", |uri, _| {
            let n = uri.strip_prefix("helped://double/").and_then(|n| n.parse::<u32>().ok());
            Ok(n.map(|n| format!("{}", 2 * u64::from(n))))
        })
        .prompt("greet", "Greets a person.", |Person { name }, _| Ok(vec![said(Role::User, format!("Greet {name}."))]))
}

/// Each step counts one.
fn count(Count { to }: Count, call: &Call) -> Result<String, Failure> {
    let done = call.state::<u32>()?.unwrap_or(0);
    if done == to {
        return Ok(format!("counted to {done}"));
    }
    call.progress(f64::from(done + 1), Some(f64::from(to)), "one more");
    call.more(&(done + 1), 0)
}

wasmcp_provider::serve!(server);
