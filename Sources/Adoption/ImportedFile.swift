/// A file that an import makes.
public struct ImportedFile: Sendable, Hashable {
    /// Relative to where everything is written.
    public let path: String
    public let text: String

    init(path: String, text: String) {
        self.path = path
        self.text = text
    }
}
