//! Who reads an answer's sentences: each knows the arguments by other names.

/// A reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reader {
    /// An assistant, which wrote JSON.
    #[default]
    Model,
    /// A person, who wrote a command line.
    Terminal,
}

impl Reader {
    /// Returns an argument as the reader writes it, between backticks.
    pub fn argument(self, name: &str) -> String {
        match (self, name) {
            (Self::Model, _) => format!("`{name}`"),
            (Self::Terminal, "field") => "`FIELD`".to_owned(),
            (Self::Terminal, "value") => "`VALUE`".to_owned(),
            (Self::Terminal, "columns") => "`--column`".to_owned(),
            (Self::Terminal, "record_id") => "`--record`".to_owned(),
            (Self::Terminal, _) => format!("`--{name}`"),
        }
    }

    /// Returns how the reader asks for every field.
    pub fn all_columns(self) -> &'static str {
        match self {
            Self::Model => "[\"*\"]",
            Self::Terminal => "`--column '*'`",
        }
    }
}
