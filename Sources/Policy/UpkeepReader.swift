import Domain
import Notation

/// Reads `upkeep`; what is wrong with its form has been told already.
enum UpkeepReader {
    static func read(_ node: YAMLNode?) -> Upkeep {
        var upkeep = Upkeep()
        guard let node else { return upkeep }
        upkeep.maximumAge = days(node["max_age"], upkeep.maximumAge)
        upkeep.additions = days(node["additions"], upkeep.additions)
        upkeep.review = days(node["review"], upkeep.review)
        if let wanted = node["provenance"] {
            upkeep.provenance = PolicyReader.texts(wanted).compactMap(ProvenanceMember.init(rawValue:))
        }
        switch node["similarity"]?.scalar {
        case .number(let value)?: upkeep.similarity = value
        case .integer(let value)?: upkeep.similarity = Double(value)
        default: break
        }
        return upkeep
    }

    /// Whole days, at least one; nil for `never`.
    private static func days(_ node: YAMLNode?, _ usual: Int?) -> Int? {
        guard let node else { return usual }
        if node.text == "never" { return nil }
        guard let seconds = AppReader.measure(node, .duration) else { return usual }
        return max(1, Int(min(seconds / 86_400, 1e6)))
    }
}
