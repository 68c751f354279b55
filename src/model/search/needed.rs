//! What a text has at least where an FTS5 expression matches it: all that an index of words can be asked for. FTS5 has accepted the
//! expression before, and decides about each text after.

/// What a text needs.
#[derive(Debug, PartialEq, Eq)]
pub enum Needed {
    /// All of these words.
    Words(Vec<i32>),
    /// All of it.
    All(Vec<Needed>),
    /// Any of it.
    Any(Vec<Needed>),
}

impl Needed {
    /// What an expression needs; `words` gives the numbers of a text's words.
    #[must_use]
    pub fn of(expression: &str, words: &dyn Fn(&str) -> Vec<i32>) -> Self {
        let mut reading = Reading { signs: signs(expression), at: 0, words };
        reading.any()
    }

    /// Whether it needs nothing, so that any text may match.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        match self {
            Self::Words(words) => words.is_empty(),
            Self::All(parts) => parts.iter().all(Self::is_nothing),
            Self::Any(parts) => parts.iter().any(Self::is_nothing),
        }
    }
}

/// A token of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sign {
    /// A text, in quotes or without.
    Text { text: String, is_quoted: bool },
    /// Anything else.
    Mark(char),
}

fn signs(expression: &str) -> Vec<Sign> {
    let mut signs = Vec::new();
    let mut rest = expression.chars().peekable();
    let is_bare =
        |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '\u{1a}' || !letter.is_ascii();
    while let Some(letter) = rest.next() {
        if letter == '"' {
            let mut text = String::new();
            while let Some(letter) = rest.next() {
                if letter != '"' {
                    text.push(letter);
                } else if rest.next_if_eq(&'"').is_some() {
                    text.push('"');
                } else {
                    break;
                }
            }
            signs.push(Sign::Text { text, is_quoted: true });
        } else if is_bare(letter) {
            let mut text = String::from(letter);
            while let Some(letter) = rest.next_if(|letter| is_bare(*letter)) {
                text.push(letter);
            }
            signs.push(Sign::Text { text, is_quoted: false });
        } else if !letter.is_ascii_whitespace() {
            signs.push(Sign::Mark(letter));
        }
    }
    signs
}

struct Reading<'a> {
    signs: Vec<Sign>,
    at: usize,
    words: &'a dyn Fn(&str) -> Vec<i32>,
}

impl Reading<'_> {
    fn is_at(&self, letter: char) -> bool {
        self.signs.get(self.at) == Some(&Sign::Mark(letter))
    }

    fn take(&mut self, letter: char) -> bool {
        let is = self.is_at(letter);
        self.at += usize::from(is);
        is
    }

    fn take_word(&mut self, word: &str) -> bool {
        let is = matches!(self.signs.get(self.at), Some(Sign::Text { text, is_quoted: false }) if text == word);
        self.at += usize::from(is);
        is
    }

    fn any(&mut self) -> Needed {
        let mut parts = vec![self.all()];
        while self.take_word("OR") {
            parts.push(self.all());
        }
        Needed::Any(parts)
    }

    fn all(&mut self) -> Needed {
        let mut parts = vec![self.but()];
        while self.take_word("AND") {
            parts.push(self.but());
        }
        Needed::All(parts)
    }

    fn but(&mut self) -> Needed {
        let needed = self.several();
        while self.take_word("NOT") {
            // What must not be in a text may be there all the same: FTS5 decides.
            self.several();
        }
        needed
    }

    /// Parts side by side, all of which are needed.
    fn several(&mut self) -> Needed {
        let mut parts = Vec::new();
        loop {
            self.skip_columns();
            if self.take('(') {
                parts.push(self.any());
                self.take(')');
            } else if let Some(Sign::Text { text, is_quoted }) = self.signs.get(self.at).cloned() {
                if !is_quoted && ["AND", "OR", "NOT"].contains(&text.as_str()) {
                    break;
                }
                self.at += 1;
                if !is_quoted && text == "NEAR" && self.take('(') {
                    parts.push(self.near());
                } else {
                    parts.push(self.phrase(&text));
                }
            } else if !(self.take('^') || self.take('+')) {
                break;
            }
        }
        Needed::All(parts)
    }

    /// A filter of columns: `a :`, `{a b} :`, with or without `-` before it.
    fn skip_columns(&mut self) {
        let start = self.at;
        self.take('-');
        if self.take('{') {
            while self.at < self.signs.len() && !self.take('}') {
                self.at += 1;
            }
        } else {
            self.at += 1;
        }
        if !self.take(':') {
            self.at = start;
        }
    }

    /// The inside of NEAR's brackets: phrases, and a number behind a comma.
    fn near(&mut self) -> Needed {
        let mut parts = Vec::new();
        while self.at < self.signs.len() && !self.take(')') {
            if self.take(',') {
                self.at += 1;
            } else if let Some(Sign::Text { text, .. }) = self.signs.get(self.at).cloned() {
                self.at += 1;
                parts.push(self.phrase(&text));
            } else {
                self.at += 1;
            }
        }
        Needed::All(parts)
    }

    /// A text's words; with a star the last one is only a prefix.
    fn phrase(&mut self, text: &str) -> Needed {
        let mut words = (self.words)(text);
        if self.take('*') {
            words.pop();
        }
        Needed::Words(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each letter is a word, and its own number.
    fn words(text: &str) -> Vec<i32> {
        text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter as i32).collect()
    }

    /// As a text, with `*` for nothing.
    fn shown(needed: &Needed) -> String {
        let joined = |parts: &[Needed], by: &str| {
            let parts: Vec<String> = parts.iter().map(shown).collect();
            if parts.len() == 1 { parts.concat() } else { format!("({})", parts.join(by)) }
        };
        match needed {
            Needed::Words(words) if words.is_empty() => "*".into(),
            Needed::Words(words) => words.iter().filter_map(|word| char::from_u32(*word as u32)).collect(),
            Needed::All(parts) => joined(parts, "&"),
            Needed::Any(parts) => joined(parts, "|"),
        }
    }

    #[test]
    fn no_more_than_is_true_of_every_text_that_is_found() {
        for (expression, expected) in [
            ("a", "a"),
            ("a b", "(a&b)"),
            ("a AND b OR c NOT d", "((a&b)|c)"),
            ("a NOT b AND c", "(a&c)"),
            ("(a OR b) AND \"c d\"", "((a|b)&cd)"),
            ("a* OR b", "(*|b)"),
            ("\"a b\" * c", "(a&c)"),
            ("a + b + c*", "(a&b&*)"),
            ("NEAR(a b, 5) AND ^c", "((a&b)&c)"),
            ("NEAR AND \"AND\"", "(NEAR&AND)"),
            ("p : a AND {p q} : (b OR c) AND - {p} : d", "(a&(b|c)&d)"),
            ("\"a\"\"b\" -c : d", "(ab&d)"),
            ("", "()"),
        ] {
            assert_eq!(shown(&Needed::of(expression, &words)), expected, "{expression}");
        }
    }

    #[test]
    fn what_needs_nothing_may_be_anywhere() {
        for (expression, is_nothing) in
            [("a*", true), ("a* OR b", true), ("a* b", false), ("", true), ("a OR b", false)]
        {
            assert_eq!(Needed::of(expression, &words).is_nothing(), is_nothing, "{expression}");
        }
    }
}
