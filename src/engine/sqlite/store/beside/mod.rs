//! What a board has beside its rows: prompts made from templates.

mod prompts;
