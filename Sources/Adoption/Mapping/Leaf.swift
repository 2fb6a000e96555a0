import Interchange
import Notation

/// A value within an answer, and where it stands.
struct Leaf: Sendable {
    let pointer: JSONPointer
    let value: JSONValue

    /// Its own name, as the table of names has it: the last step that is no index.
    var name: String {
        let names = pointer.tokens.filter { Int($0) == nil }
        return DatasetField.normalised(names.last ?? "")
    }

    /// Names on the way to it.
    var parents: [String] {
        pointer.tokens.dropLast().filter { Int($0) == nil }.map(DatasetField.normalised)
    }

    /// Steps from the top; an index is none.
    var depth: Int { pointer.tokens.count { Int($0) == nil } }

    /// Whether it lies in a list, so that its index may mean something else in another answer.
    var isInList: Bool { pointer.tokens.contains { Int($0) != nil } }

    /// Every value of an answer that a pointer may sensibly name, containers among them, in the order they were written:
    /// of a list the first element stands for all. At most 2,000, eight deep.
    static func all(of body: JSONValue) -> [Leaf] {
        var found: [Leaf] = []
        func walk(_ value: JSONValue, _ pointer: JSONPointer, _ depth: Int) {
            guard found.count < 2000, depth <= 8 else { return }
            if !pointer.tokens.isEmpty { found.append(Leaf(pointer: pointer, value: value)) }
            switch value {
            case .object(let object):
                for member in object.members.prefix(200) {
                    walk(member.value, pointer.appending(member.key), depth + 1)
                }
            case .array(let elements):
                if let first = elements.first { walk(first, pointer.appending(0), depth + 1) }
            default: break
            }
        }
        walk(body, .root, 0)
        return found
    }
}
