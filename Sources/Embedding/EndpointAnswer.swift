import Notation

/// The vectors of an endpoint's answer, in the order of the texts that were asked.
struct EndpointAnswer {
    struct Problem: Error {
        /// What the answer is: `no JSON`.
        let cause: String
        /// Whether it is one text's alone: without it, the others' answer may be whole.
        var isOfOneText = false
    }

    let vectors: [[Float]]
    /// The model that the answer names.
    let model: String?

    /// - Throws: where there are not `count` vectors of one size, made of finite numbers, each for a text of its own.
    init(_ bytes: [UInt8], count: Int) throws(Problem) {
        let answer: JSONValue
        do throws(JSONError) {
            answer = try JSONValue.parse(bytes, limits: JSONLimits(bytes: 256 << 20))
        } catch {
            throw Problem(cause: "no JSON: \(error)")
        }
        guard let data = answer["data"]?.arrayValue else {
            // Some servers tell of their errors with the status of success.
            let words = answer["error"]?["message"]?.stringValue ?? answer["error"]?.stringValue
            let said = words.map { " ('\($0.prefix(120))')" } ?? ""
            throw Problem(cause: "an answer without the list 'data'\(said)")
        }
        guard data.count == count else {
            throw Problem(cause: "\(data.count) vectors for \(count) texts")
        }
        var vectors = [[Float]?](repeating: nil, count: count)
        for (place, item) in data.enumerated() {
            let index = item["index"]?.intValue.map { Int($0) } ?? place
            guard vectors.indices.contains(index), vectors[index] == nil else {
                throw Problem(cause: "a vector with the index \(index), which is another's or no text's")
            }
            guard let numbers = item["embedding"]?.arrayValue, !numbers.isEmpty else {
                throw Problem(cause: "no list of numbers for text \(index + 1)", isOfOneText: true)
            }
            var vector: [Float] = []
            vector.reserveCapacity(numbers.count)
            for number in numbers {
                // A number beyond a float's range would become infinite.
                guard let value = number.doubleValue, Float(value).isFinite else {
                    throw Problem(
                        cause: "something that is no finite number in the vector of text \(index + 1)",
                        isOfOneText: true)
                }
                vector.append(Float(value))
            }
            vectors[index] = vector
        }
        let whole = vectors.compactMap { $0 }
        guard Set(whole.map(\.count)).count <= 1 else { throw Problem(cause: "vectors of different sizes") }
        self.vectors = whole
        model = answer["model"]?.stringValue
    }
}
