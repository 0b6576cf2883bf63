//! probe
use regorus::*;
fn main() {
    for (name, src) in [
        ("syntax", "package wasmcp\nallow if {\n  input.x ==\n}\n"),
        ("unsafe", "package wasmcp\nallow if { x == 1 }\n"),
        ("unknownfn", "package wasmcp\nallow if { foo(1) }\n"),
        ("rec", "package wasmcp\nallow if { f(1) }\nf(x) := f(x)\n"),
        ("rec2", "package wasmcp\nallow if { b }\nb if allow\n"),
        ("conflict", "package wasmcp\nallow := 1\nallow := true\n"),
        ("builtinerr", "package wasmcp\nallow if { to_number(\"x\") }\n"),
        ("nov1", "package wasmcp\nallow { true }\n"),
        ("argcount", "package wasmcp\nallow if { count(1,2) }\n"),
        ("dup default", "package wasmcp\ndefault allow := false\ndefault allow := true\n"),
        ("sprintf", "package wasmcp\nallow if { count(sprintf(\"%100d\",[1])) > 3 }\n"),
        ("typo", "package wasmcp\nallow if { data.nope.x }\n"),
        ("now", "package wasmcp\nallow := time.now_ns()\n"),
        ("regex", "package wasmcp\nallow := regex.match(`(?i)^\\d+x$`, \"12X\")\n"),
        ("tz", "package wasmcp\nallow := time.clock([1700000000000000000, \"Europe/Berlin\"])\n"),
        ("loop", "package wasmcp\nallow if { some a in input.l; some b in input.l; some c in input.l; some d in input.l; a+b+c+d == 10000000 }\n"),
    ] {
        let only = std::env::args().nth(1);
        if only.as_deref().is_some_and(|o| o != name) || (only.is_none() && name == "rec") { continue; }
        let mut e = Engine::new();
        println!("=== {name}");
        if let Err(x) = e.add_policy("a/b.rego".into(), src.into()) { println!("add: {x:#}"); continue; }
        match e.compile_with_entrypoint(&"data.wasmcp.allow".into()) {
            Err(x) => println!("compile: {x:#}"),
            Ok(c) => {
                println!("modules {}", c.get_modules().len());
                let t = std::time::Instant::now();
                println!("eval: {:?}", c.eval_with_input(Value::from_json_str(&format!("{{\"l\":{:?}}}", (0..30).collect::<Vec<_>>())).unwrap()).map_err(|e| format!("{e:#}")));
                println!("{:?}", t.elapsed());
            }
        }
    }
}
