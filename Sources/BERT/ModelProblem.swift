/// Why a model's folder cannot be used: where, what is wrong, and how to mend it.
public struct ModelProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// A file of the folder, with the key, tensor or line where there is one: `config.json: hidden_size`.
    public let place: String
    public let cause: String
    public let mend: String

    public init(_ place: String, _ cause: String, mend: String) {
        self.place = place
        self.cause = cause
        self.mend = mend
    }

    public var description: String { "\(place): \(cause); \(mend)" }

    /// The same problem with the folder before its place.
    public func inside(_ folder: String) -> ModelProblem {
        ModelProblem(folder + "/" + place, cause, mend: mend)
    }
}
