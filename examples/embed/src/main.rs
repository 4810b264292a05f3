//! The service as a program: on `PORT`, else 8080, of the machine itself, with a journal in the folder `STATE_DIRECTORY`.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;

use restarts::Service;
use runbook_runtime::aws::Sdk;
use runbook_runtime::journal::Journal;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let port = match std::env::var("PORT") {
        Ok(port) => port.parse()?,
        Err(_) => 8080,
    };
    // What is missing is told now, and not by the first restart.
    let sdk = Sdk::default();
    sdk.session(None, None).await?;
    let mut service = Service::new(sdk);
    if let Some(folder) = std::env::var_os("STATE_DIRECTORY") {
        service = service.keep(Journal::open(Path::new(&folder))?)?;
    }
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    println!("http://{}/restarts", listener.local_addr()?);
    axum::serve(listener, service.router()).await?;
    Ok(())
}
