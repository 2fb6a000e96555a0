import Domain
import Metrics

/// Turns an amount of a rule into a metric's own unit.
struct AmountReader {
    /// The policy's currency, where it names one.
    let currency: String?

    struct Reading {
        let quantity: Quantity
        /// What was assumed.
        let warning: RuleProblem?

        var value: Double { quantity.value }
    }

    func read(_ amount: ParsedRule.Amount, _ unit: MetricUnit, metric: String) throws(RuleProblem) -> Reading
    {
        let value = try self.value(amount, unit, metric)
        var warning: RuleProblem?
        if unit == .milliseconds, amount.unit == nil, amount.number != 0 {
            warning = RuleProblem(
                "the unit is not said; read as milliseconds", at: amount.span,
                mend: "write '\(amount.digits)ms'")
        }
        return Reading(quantity: Quantity(value: value, text: amount.text), warning: warning)
    }

    private func value(
        _ amount: ParsedRule.Amount, _ unit: MetricUnit, _ metric: String
    ) throws(RuleProblem) -> Double {
        switch (unit, amount.unit) {
        case (.ratio, nil), (.count, nil), (.milliseconds, nil), (.tokens, nil), (.characters, nil),
            (.money, nil):
            return amount.number
        case (.ratio, "%"): return amount.number / 100
        case (.milliseconds, "ms"): return amount.number
        case (.milliseconds, "s"): return amount.number * 1000
        case (.milliseconds, "m"): return amount.number * 60_000
        case (.milliseconds, "h"): return amount.number * 3_600_000
        case (.tokens, "tokens"), (.tokens, "token"): return amount.number
        case (.characters, "chars"), (.characters, "characters"), (.characters, "char"): return amount.number
        case (.money, let code?) where Self.isCurrency(code):
            if let currency, code != currency {
                throw RuleProblem(
                    "the prices are in \(currency), this is in \(code)", at: amount.span,
                    mend: "write '\(amount.digits) \(currency)'")
            }
            return amount.number
        default: throw misfit(amount, unit, metric)
        }
    }

    private func misfit(_ amount: ParsedRule.Amount, _ unit: MetricUnit, _ metric: String) -> RuleProblem {
        let given = amount.unit ?? ""
        return RuleProblem(
            "\(Printable.quoted(metric)) is \(Self.words(unit)), "
                + "which \(Printable.quoted(given)) does not fit",
            at: amount.span, mend: Self.example(unit, amount, currency))
    }

    static func isCurrency(_ code: String) -> Bool {
        code.utf8.count == 3 && code.utf8.allSatisfy { (0x41...0x5A).contains($0) }
    }

    static func words(_ unit: MetricUnit) -> String {
        switch unit {
        case .ratio: "a share from 0 to 1"
        case .milliseconds: "a time"
        case .tokens: "a number of tokens"
        case .characters: "a number of characters"
        case .money: "an amount of money"
        case .count: "a bare number"
        case .text: "a text"
        }
    }

    private static func example(
        _ unit: MetricUnit, _ amount: ParsedRule.Amount, _ currency: String?
    )
        -> String
    {
        switch unit {
        case .ratio: "write '0.9' or '90%'"
        case .milliseconds: "write '\(amount.digits)ms' or '\(amount.digits)s'"
        case .tokens: "write '\(amount.digits) tokens'"
        case .characters: "write '\(amount.digits) chars'"
        case .money: "write '\(amount.digits) \(currency ?? "USD")'"
        case .count: "write '\(amount.digits)'"
        case .text: "compare it by '== \"…\"'"
        }
    }
}
