import Notation
import Rollout

extension BlownFuse: CustomStringConvertible {
    public var description: String {
        switch limit {
        case .consecutive: "\(failures) requests failed one after the other (plan \(plan))"
        default:
            "\(limit.rawValue): \(failures) of the last \(window) users, more than the limit can explain (plan \(plan))"
        }
    }

    var json: JSONValue {
        [
            "plan": .integer(Int64(plan)), "limit": .string(limit.rawValue),
            "failures": .integer(Int64(failures)), "window": .integer(Int64(window)),
        ]
    }

    /// nil for what is none.
    init?(_ bytes: [UInt8]) {
        guard let value = try? JSONValue.parse(bytes), let plan = value["plan"]?.intValue,
            let limit = value["limit"]?.stringValue.flatMap(FuseRule.Limit.init),
            let failures = value["failures"]?.intValue, let window = value["window"]?.intValue
        else { return nil }
        self.init(plan: plan, limit: limit, failures: failures, window: window)
    }
}
