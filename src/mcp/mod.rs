//! The face for language models: a server of the Model Context Protocol (<https://modelcontextprotocol.io>),
//! and the one home of its official SDK.
//!
//! Its tools find quotations and its resources are whole interviews. Nothing here writes text: every quotation
//! is a slice of a passage, and the descriptions tell the model to quote verbatim and to link.

mod results;
mod http;

use std::sync::Arc;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation,
    JsonObject, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ReadResourceRequestParams, ReadResourceResponse, ReadResourceResult, Resource,
    ResourceContents, ServerCapabilities, ServerConfig, Tool, ToolAnnotations,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt, schemars};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::service::Service;
pub use http::{HttpService, MAX_REQUEST_BYTES, http_service};
use results::{interview_markdown, interviews, passage, quotes};

/// What resources are called: this, and the short name of an interview.
const INTERVIEW_URI: &str = "wenjian://interviews/";
/// The media type of an interview as a resource.
const MARKDOWN: &str = "text/markdown";
/// Quotations that are returned if the call does not say how many, and the most that are.
const N_QUOTES: usize = 3;
const MAX_QUOTES: usize = 20;
/// The most characters of a question.
const MAX_QUESTION: usize = 2000;

/// What the model is told about the server as a whole.
const INSTRUCTIONS: &str = "Finds what interviewees said, in their exact words. Quote `quotation` verbatim and in its \
    original script, between quotation marks, without leaving out, adding or translating a word; name who said it and \
    where, as in `attribution`; and link to `permalink`, or else to `source_url`. If you shorten a quotation, shorten \
    it at the end of a sentence. If `verdict` is `none`, say that the interviews do not answer the question, rather \
    than answering it in the name of the interviewee.";

const SEARCH_QUOTES: &str = "Finds passages of interviews that answer a question, best first. `verdict` is `answer` if \
    they answer it, `related` if they only touch the subject, and `none` if there is nothing about it. Quote \
    `quotation` verbatim, name the source in `attribution`, and link to `permalink` or `source_url`. The question may \
    be in Chinese (Simplified or Traditional) or in English.";

const GET_PASSAGE: &str = "Returns a whole passage by its id, such as `talk/3.2`, with the question that it answers. \
    Quote it verbatim, name the source in `attribution`, and link to `permalink` or `source_url`.";

const LIST_INTERVIEWS: &str = "Lists the interviews: short name, title, interviewee, source and size. The short name \
    limits `search_quotes` to one interview, and each interview can be read as the resource `uri`.";

/// Why a tool returns nothing, and what the caller can do about it.
#[derive(Debug, thiserror::Error)]
enum ToolError {
    #[error("the arguments cannot be used: {0}")]
    Arguments(#[from] serde_json::Error),
    #[error("`question` must have 1 to {MAX_QUESTION} characters")]
    Question,
    #[error("`limit` must be 1 to {MAX_QUOTES}")]
    Limit,
    #[error("there is no interview `{0}`; hint: `list_interviews` returns their short names")]
    NoInterview(String),
    #[error("there is no passage `{0}`; hint: `search_quotes` returns their ids")]
    NoPassage(String),
    #[error("the search failed: {0}")]
    Search(#[from] retrieval::index::Error),
}

/// Arguments of `search_quotes`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
struct SearchArguments {
    /// The question, or words to look for
    question: String,
    /// Short name of the only interview to search
    interview: Option<String>,
    /// The most quotations to return: 1 to 20, by default 3
    limit: Option<usize>,
}

/// Arguments of `get_passage`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
struct PassageArguments {
    /// The id of the passage, as `search_quotes` returns it
    passage_id: String,
}

/// `list_interviews` has no arguments.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
struct NoArguments {}

/// The server.
pub struct QuotationServer {
    service: Arc<Service>,
    /// The address of the reader pages; empty if there are none.
    public_url: String,
}

/// Why the server ended before its client did.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The client did not open a session.
    #[error("no session was opened: {0}")]
    Session(String),
    /// The task that serves the session failed.
    #[error("the session failed: {0}")]
    Task(String),
}

impl QuotationServer {
    /// Creates a server that links to the reader pages at `public_url`, if there are any.
    pub fn new(service: Arc<Service>, public_url: &str) -> Self {
        Self { service, public_url: public_url.trim_end_matches('/').to_owned() }
    }

    /// Serves one client on standard input and output until it closes them.
    pub async fn serve_stdio(self) -> Result<(), Error> {
        let session = self.serve(rmcp::transport::stdio()).await;
        let session = session.map_err(|error| Error::Session(error.to_string()))?;
        session.waiting().await.map_err(|error| Error::Task(error.to_string()))?;
        Ok(())
    }

    /// Runs a tool; `None` if there is no such tool.
    fn call(&self, tool: &str, arguments: Option<JsonObject>) -> Option<Result<Value, ToolError>> {
        let arguments = Value::Object(arguments.unwrap_or_default());
        match tool {
            "search_quotes" => Some(read(arguments).and_then(|arguments| self.search(&arguments))),
            "get_passage" => Some(read(arguments).and_then(|PassageArguments { passage_id }| {
                let found = passage(&self.service.engine(), &self.public_url, &passage_id);
                found.ok_or(ToolError::NoPassage(passage_id))
            })),
            "list_interviews" => {
                Some(read(arguments).map(|NoArguments {}| interviews(&self.service.engine())))
            }
            _ => None,
        }
    }

    fn search(&self, arguments: &SearchArguments) -> Result<Value, ToolError> {
        let SearchArguments { question, interview, limit } = arguments;
        let limit = limit.unwrap_or(N_QUOTES);
        if question.trim().is_empty() || question.chars().count() > MAX_QUESTION {
            return Err(ToolError::Question);
        }
        if !(1..=MAX_QUOTES).contains(&limit) {
            return Err(ToolError::Limit);
        }
        let engine = self.service.engine();
        if let Some(slug) = interview.as_ref().filter(|slug| engine.library().named(slug).is_none())
        {
            return Err(ToolError::NoInterview(slug.clone()));
        }
        let answer = self.service.ask(question, interview.as_deref(), limit)?;
        Ok(quotes(&engine, &self.public_url, &answer))
    }
}

/// Reads the arguments of a tool.
fn read<T: DeserializeOwned>(arguments: Value) -> Result<T, ToolError> {
    Ok(serde_json::from_value(arguments)?)
}

/// Describes a tool that changes nothing and always returns the same for the same arguments.
fn tool<T: schemars::JsonSchema + 'static>(name: &'static str, description: &'static str) -> Tool {
    let annotations = ToolAnnotations::new().read_only(true).idempotent(true).open_world(false);
    let tool = Tool::new(name, description, JsonObject::new()).with_annotations(annotations);
    tool.with_input_schema::<T>()
}

impl ServerHandler for QuotationServer {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().enable_resources().build();
        ServerConfig::new(capabilities)
            .with_server_info(Implementation::new("wenjian", env!("CARGO_PKG_VERSION")))
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(vec![
            tool::<SearchArguments>("search_quotes", SEARCH_QUOTES),
            tool::<PassageArguments>("get_passage", GET_PASSAGE),
            tool::<NoArguments>("list_interviews", LIST_INTERVIEWS),
        ]))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        match self.call(&request.name, request.arguments) {
            Some(Ok(result)) => Ok(CallToolResult::structured(result).into()),
            // The model reads this and may try again.
            Some(Err(error)) => {
                Ok(CallToolResult::error(vec![ContentBlock::text(error.to_string())]).into())
            }
            None => {
                Err(ErrorData::invalid_params(format!("there is no tool `{}`", request.name), None))
            }
        }
    }

    async fn list_resources(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let listings = self.service.engine().listings(results::reader());
        let resources = listings.into_iter().map(|listing| {
            Resource::new(format!("{INTERVIEW_URI}{}", listing.slug), listing.slug)
                .with_title(listing.title)
                .with_description(listing.source)
                .with_mime_type(MARKDOWN)
        });
        Ok(ListResourcesResult::with_all_items(resources.collect()))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let slug = request.uri.strip_prefix(INTERVIEW_URI).unwrap_or_default();
        let Some(text) = interview_markdown(&self.service.engine(), slug) else {
            let message = format!("there is no resource `{}`", request.uri);
            return Err(ErrorData::resource_not_found(message, None));
        };
        let contents = ResourceContents::text(text, request.uri).with_mime_type(MARKDOWN);
        Ok(ReadResourceResult::new(vec![contents]).into())
    }
}
