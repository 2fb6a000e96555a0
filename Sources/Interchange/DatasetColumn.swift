/// How a column of a data set was understood, and on how many rows it says something (a null says nothing).
public struct DatasetColumn: Sendable, Hashable {
    public let name: String
    /// What it means; nil for a column of the user's own.
    public let field: DatasetField?
    public internal(set) var rows = 0
    /// A column of the user's own that results can be sliced by and requests can send; one that holds objects
    /// on every row is left out.
    public internal(set) var isSlice = false

    init(name: String, field: DatasetField?) {
        self.name = name
        self.field = field
    }
}
