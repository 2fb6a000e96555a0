/// The examples of a data set by number, read when they are asked for, so that memory does not grow with the set.
public protocol ExampleSource: Sendable {
    var count: Int { get }
    func example(_ index: Int) throws(StoreError) -> Example
    /// The example as it was asked that time. Requests of one user are repeats of one unit, and yet ask other things;
    /// the examples of a data set are the same each time.
    func example(_ index: Int, repetition: Int) throws(StoreError) -> Example
}

extension ExampleSource {
    public func example(_ index: Int, repetition: Int) throws(StoreError) -> Example { try example(index) }
}

/// Examples in memory.
public struct MemoryExamples: ExampleSource {
    private let examples: [Example]

    public init(_ examples: [Example]) { self.examples = examples }

    public var count: Int { examples.count }

    public func example(_ index: Int) -> Example { examples[index] }
}

extension Example {
    /// The value of a slice for this example: a further column, `intent`, `category`, `turn_count`, or `true` where
    /// the example bears the name as a tag or as its category; nil where it has none of these.
    public func sliceValue(_ name: String) -> String? {
        if let column = columns.first(where: { $0.name == name }) { return column.value }
        switch name {
        case "intent": return expectedIntent
        case "category": return category
        case "turn_count": return String(1 + history.count { $0.role == .user })
        case "guardrail": return expectedGuardrail?.rawValue
        default: break
        }
        if tags.contains(name) || category == name { return "true" }
        return nil
    }
}
