import Notation

/// What a request may ask to be done otherwise than the release does it, for comparisons.
struct RequestOptions: Sendable {
    /// Passages to retrieve, and to read.
    var topK: Int?
    /// Share of the best passage's score that the others must reach.
    var threshold: Double?
    var chunking: Chunking?

    struct Problem: Error { let message: String }

    init() {}

    /// Reads `top_k`, `threshold` and `chunking`; other members are not the app's concern.
    init(_ body: JSONValue) throws(Problem) {
        if let value = body["top_k"], !value.isNull {
            guard let number = value.intValue, (1...20).contains(number) else {
                throw Problem(message: "'top_k' is a whole number from 1 to 20")
            }
            topK = number
        }
        if let value = body["threshold"], !value.isNull {
            guard let number = value.doubleValue, (0...1).contains(number) else {
                throw Problem(message: "'threshold' is a number from 0 to 1")
            }
            threshold = number
        }
        if let value = body["chunking"], !value.isNull {
            guard let chunking = value.stringValue.flatMap(Chunking.init(rawValue:)) else {
                let known = Chunking.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem(message: "'chunking' is one of \(known)")
            }
            self.chunking = chunking
        }
    }
}
