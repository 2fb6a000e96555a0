import Notation

/// A label of requests by which they are counted apart.
public struct SliceRule: Sendable, Hashable {
    public var name: String
    public var source: Source

    /// Labels of one plan at most.
    public static let most = 8
    /// Values of a label that are told apart; later ones are `other`.
    public static let mostValues = 32

    public init(name: String, source: Source) {
        self.name = name
        self.source = source
    }

    /// Where a request says it; a request that does not has no such label.
    public enum Source: Sendable, Hashable, CustomStringConvertible {
        case header(String)
        case cookie(String)
        /// A text, number or truth value of a JSON body.
        case json(pointer: String)
        /// The language that `Accept-Language` prefers, in small letters.
        case locale
        case path
        case method

        /// `header X-Tenant`, `cookie plan`, `json /intent`, `locale`, `path`, `method`; nil for what is none.
        public init?(_ text: String) {
            switch text {
            case "locale": self = .locale
            case "path": self = .path
            case "method": self = .method
            default:
                switch StickySource(text) {
                case .header(let name)?: self = .header(name)
                case .cookie(let name)?: self = .cookie(name)
                case .json(let pointer)?: self = .json(pointer: pointer)
                case .client?, nil: return nil
                }
            }
        }

        public var description: String {
            switch self {
            case .header(let name): "header \(name)"
            case .cookie(let name): "cookie \(name)"
            case .json(let pointer): "json \(pointer)"
            case .locale: "locale"
            case .path: "path"
            case .method: "method"
            }
        }
    }
}
