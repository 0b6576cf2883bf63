//! What the first decision costs where an instance lives for one request, and so has compiled nothing: with regorus' interpreter, which the
//! crate `policy` uses, and with its virtual machine (RVM), whose program is made from the policy or read from bytes.

use std::sync::Arc;

use anyhow::{Context, anyhow, bail, ensure};
use policy::{Bundle, Document, File};
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::program::{DeserializationResult, Program};
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Value};

use crate::cost;

/// The rules that are asked, as far as a policy has them.
const ENTRIES: [&str; 2] = ["data.wasmcp.deny", "data.wasmcp.allow"];

/// The title of the table.
pub(crate) const HEAD: &str = "## What the first decision of an instance costs, µs of CPU

| policy | interpreter, checked as on a server | interpreter | RVM, compiled | RVM, read from bytes | bytes of the policy | of the program |
| --- | --- | --- | --- | --- | --- | --- |";

/// A policy, and the document of a call.
pub(crate) struct First<'a> {
    files: &'a [File<'a>],
    document: &'a Document,
    input: Value,
    entries: Vec<&'static str>,
}

impl<'a> First<'a> {
    pub(crate) fn new(files: &'a [File<'a>], document: &'a Document) -> anyhow::Result<Self> {
        let text: String = files.iter().map(|file| file.text).collect();
        let has = |rule: &str| text.lines().any(|line| line.starts_with(rule));
        let entries = ENTRIES.into_iter().filter(|entry| *entry != "data.wasmcp.deny" || has("deny ")).collect();
        Ok(Self { files, document, input: value(&document.to_json()?)?, entries })
    }

    /// The cells of the table.
    pub(crate) fn row(&self) -> anyhow::Result<String> {
        let interpreted = self.interpret()?;
        let (program, data) = self.program().context("the RVM cannot compile it")?;
        let bytes = program.serialize_binary().map_err(|error| anyhow!("{error}"))?;
        ensure!(self.run(program, data)? == interpreted, "interpreter and RVM differ");
        ensure!(self.read(&bytes)? == interpreted, "interpreter and the RVM with a program from bytes differ");
        Ok(format!(
            " {:.0} | {:.0} | {:.0} | {:.0} | {} | {} |",
            cost(|| Bundle::compile(self.files).map(|bundle| bundle.decide(self.document))),
            cost(|| self.interpret()),
            cost(|| self.program().and_then(|(program, data)| self.run(program, data))),
            cost(|| self.read(&bytes)),
            self.files.iter().map(|file| file.text.len()).sum::<usize>(),
            bytes.len()
        ))
    }

    fn engine(&self) -> anyhow::Result<(Engine, Value)> {
        let (mut engine, mut data) = (Engine::new(), Value::new_object());
        engine.set_strict_builtin_errors(true);
        for file in self.files {
            match file.path == "data.json" {
                true => data = value(file.text)?,
                false => drop(engine.add_policy(file.path.to_owned(), file.text.to_owned()).map_err(text)?),
            }
        }
        Ok((engine, data))
    }

    fn interpret(&self) -> anyhow::Result<Vec<Value>> {
        let (mut engine, data) = self.engine()?;
        engine.add_data(data).map_err(text)?;
        engine.set_input(self.input.clone());
        self.entries.iter().map(|entry| engine.eval_rule((*entry).to_owned()).map_err(text)).collect()
    }

    fn program(&self) -> anyhow::Result<(Arc<Program>, Value)> {
        let (mut engine, data) = self.engine()?;
        engine.add_data(data.clone()).map_err(text)?;
        let compiled = engine.compile_with_entrypoint(&"data.wasmcp.allow".into()).map_err(text)?;
        Ok((Compiler::compile_from_policy(&compiled, &self.entries).map_err(text)?, data))
    }

    fn run(&self, program: Arc<Program>, data: Value) -> anyhow::Result<Vec<Value>> {
        let mut machine = RegoVM::new();
        machine.set_strict_builtin_errors(true);
        machine.load_program(program);
        machine.set_data(data).map_err(text)?;
        machine.set_input(self.input.clone());
        self.entries.iter().map(|entry| machine.execute_entry_point_by_name(entry).map_err(text)).collect()
    }

    fn read(&self, bytes: &[u8]) -> anyhow::Result<Vec<Value>> {
        let DeserializationResult::Complete(program) =
            Program::deserialize_binary(bytes).map_err(|error| anyhow!("{error}"))?
        else {
            bail!("the program is not whole");
        };
        let data = self.files.iter().find(|file| file.path == "data.json");
        self.run(Arc::new(program), data.map_or(Ok(Value::new_object()), |file| value(file.text))?)
    }
}

fn value(json: &str) -> anyhow::Result<Value> {
    Value::from_json_str(json).map_err(text)
}

/// The errors of regorus without `std` are texts here.
fn text(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("{error}")
}
