//! Helpers of the tests: the program, fake servers, and a browser.

pub(crate) mod bot;
pub(crate) mod bot_api;
pub(crate) mod caddy;
pub(crate) mod endpoint;
pub(crate) mod nginx;
pub(crate) mod postgres;
pub(crate) mod program;
pub(crate) mod browser;
pub(crate) mod site;
pub(crate) mod file_server;
pub(crate) mod damage;
