//! Waiting for locks that other connections hold: for how long ([`busy_timeout`]), how ([`busy_handler`]), and when others get
//! their turn ([`turn`]).

pub mod busy_handler;
mod busy_timeout;
mod turn;
