import Domain
import Notation
import Text

/// Which models metrics asked, in words for every form of the report.
enum ModelWords {
    /// `embedding  minilm (53aa51172d14): 812 texts, 640 embedded, 172 from the cache`.
    static func line(_ use: ModelUse) -> String {
        var words = "\(VisibleText.excerpt(use.model.role, to: 60)) by "
        words += "\(VisibleText.excerpt(use.model.name, to: 80)) (\(use.model.digest.prefix(12))): "
        if !use.names.isEmpty, use.names != [use.model.name] {
            let names = use.names.map { VisibleText.excerpt($0, to: 60) }.joined(separator: ", ")
            words += "answered as \(names), "
        }
        words += "\(Figure.count(use.wanted)) \(use.unit) wanted"
        words += ", \(Figure.count(use.asked)) asked for"
        if use.cached > 0 { words += ", \(Figure.count(use.cached)) from the cache" }
        if use.failed > 0 { words += ", \(Figure.count(use.failed)) failed" }
        if use.unparsable > 0 { words += ", \(Figure.count(use.unparsable)) unreadable" }
        if use.windowed > 0 {
            words += ", \(Figure.count(use.windowed)) longer than it reads at once, so read in parts"
        }
        if use.inBothOrders > 0 {
            words +=
                ", \(Figure.count(use.orderDisagreed)) of \(Figure.count(use.inBothOrders)) pairs judged "
            words += "otherwise in the other order (ties)"
        }
        if let tokens = use.tokens { words += ", \(Figure.count(tokens)) tokens" }
        if let money = use.money { words += ", \(spent(money, use)) spent" }
        if use.parts > 1 {
            words +=
                "; added up over the \(use.parts) commands that asked for this run, the last of which asked for "
            words += Figure.count(use.lastAsked ?? 0)
            if let money = use.lastMoney { words += " and spent \(spent(money, use))" }
        }
        for problem in use.problems { words += "; " + VisibleText.excerpt(problem, to: 300) }
        return words
    }

    private static func spent(_ money: Double, _ use: ModelUse) -> String {
        Figure.fixed(money, decimals: 4)
            + (use.currency.map { " " + VisibleText.excerpt($0, to: 20) }
                ?? " (in the unit of the model's replies)")
    }

    static func json(_ use: ModelUse) -> JSONValue {
        var out = JSONObject()
        out["role"] = .string(use.model.role)
        out["name"] = .string(use.model.name)
        out["digest"] = .string(use.model.digest)
        out["unit"] = .string(use.unit)
        let counts = [
            ("wanted", use.wanted), ("asked", use.asked), ("cached", use.cached), ("failed", use.failed),
            ("unparsable", use.unparsable), ("windowed", use.windowed),
        ]
        for (name, count) in counts { out[name] = .integer(Int64(count)) }
        if use.inBothOrders > 0 {
            out["in_both_orders"] = .integer(Int64(use.inBothOrders))
            out["order_disagreed"] = .integer(Int64(use.orderDisagreed))
        }
        if let tokens = use.tokens { out["tokens"] = .integer(Int64(tokens)) }
        if let money = use.money { out["money"] = .number(money) }
        if !use.problems.isEmpty { out["problems"] = .array(use.problems.map { .string($0) }) }
        if let currency = use.currency { out["currency"] = .string(currency) }
        if use.parts > 1 {
            out["parts"] = .integer(Int64(use.parts))
            out["last_asked"] = .integer(Int64(use.lastAsked ?? 0))
            if let money = use.lastMoney { out["last_money"] = .number(money) }
        }
        if !use.names.isEmpty { out["names"] = .array(use.names.map { .string($0) }) }
        return .object(out)
    }
}

extension JudgeForecast {
    /// As reports and `sluice judge calibrate --forecast --json` show it.
    public var json: JSONValue {
        var out = JSONObject()
        out["most_calls"] = .integer(Int64(calls))
        out["most_requests"] = mostRequests.map { .integer(Int64($0)) } ?? .null
        out["kept"] = .integer(Int64(kept))
        out["input_tokens"] = .integer(Int64(inputTokens))
        out["output_tokens"] = .integer(Int64(outputTokens))
        out["money"] = money.map { .finite($0) } ?? .null
        out["currency"] = currency.map { .string($0) } ?? .null
        if money == nil { out["money_note"] = "not known: judge.prices names no price" }
        return .object(out)
    }
}
