//! wolkvox's amounts, which are text: read where they can mean one number only, and summed exactly.

use std::fmt;

/// The parts of an amount as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AmountParts<'a> {
    /// Whether it is below zero.
    pub is_negative: bool,
    /// The digits before the point.
    pub whole: &'a str,
    /// The digits after it; blank without a point.
    pub decimals: &'a str,
}

impl<'a> AmountParts<'a> {
    /// Reads a number with a point before its decimals. Three of them may be thousands (`1.250`),
    /// and marks between digits are another country's: neither is read.
    pub fn of(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let (is_negative, digits) = text.strip_prefix('-').map_or((false, text), |it| (true, it));
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let is_number = |part: &str| part.bytes().all(|it| it.is_ascii_digit());
        let has_digits = !whole.is_empty() || !decimals.is_empty();
        let is_certain = is_number(whole) && is_number(decimals) && decimals.len() != 3;
        (has_digits && is_certain).then_some(Self { is_negative, whole, decimals })
    }
}

/// Sums up amounts, if every one can be read.
pub(super) fn sum(amounts: &[&str]) -> Option<String> {
    let amounts = amounts.iter().map(|text| Amount::parse(text)).collect::<Option<Vec<_>>>()?;
    let decimals = amounts.iter().map(|it| it.decimals).max()?;
    let scaled =
        amounts.iter().map(|it| it.units.checked_mul(10_i128.checked_pow(decimals - it.decimals)?));
    let units = scaled.reduce(|sum, next| sum?.checked_add(next?))??;
    Some(Amount { units, decimals }.to_string())
}

/// An exact decimal number.
struct Amount {
    /// Of the last decimal.
    units: i128,
    decimals: u32,
}

impl Amount {
    fn parse(text: &str) -> Option<Self> {
        let AmountParts { is_negative, whole, decimals } = AmountParts::of(text)?;
        let units: i128 = format!("{whole}{decimals}").parse().ok()?;
        let units = if is_negative { -units } else { units };
        Some(Self { units, decimals: decimals.len().try_into().ok()? })
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let decimals = self.decimals as usize;
        let digits = format!("{:0>width$}", self.units.unsigned_abs(), width = decimals + 1);
        let (whole, decimals) = digits.split_at(digits.len() - decimals);
        match decimals {
            "" => write!(f, "{sign}{whole}"),
            decimals => write!(f, "{sign}{whole}.{decimals}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_exact() {
        for (amounts, expected) in [
            (&["10000", "2000"][..], "12000"),
            (&["0.10", "0.2"], "0.30"),
            (&["99999999999999999999", "1"], "100000000000000000000"),
            (&[".50", "-1"], "-0.50"),
            (&["-0.05", "0.05"], "0.00"),
            (&[" 5 ", "5."], "10"),
        ] {
            assert_eq!(sum(amounts).as_deref(), Some(expected), "{amounts:?}");
        }
    }

    #[test]
    fn what_is_no_plain_number_is_not_summed() {
        for odd in ["", "-", ".", "1.250", "1.250.000", "1,5", "$100", "1e3", "100 COP", "٣"] {
            assert_eq!(sum(&["1", odd]), None, "{odd}");
        }
        assert_eq!(sum(&[]), None);
        let most = i128::MAX.to_string();
        assert_eq!(sum(&[&most, "1"]), None);
        assert_eq!(sum(&[&most, "0.1"]), None);
    }
}
