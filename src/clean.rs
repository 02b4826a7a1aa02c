//! stub
/// stub
pub fn text(text: &str) -> std::borrow::Cow<'_, str> {
    text.chars().filter(|c| !c.is_control() || c.is_whitespace()).collect::<String>().into()
}
