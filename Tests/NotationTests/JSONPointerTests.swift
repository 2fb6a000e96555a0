import Testing

@testable import Notation

struct JSONPointerTests {
    /// The document and pointers of RFC 6901, section 5.
    static let document =
        #"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}"#

    @Test(
        arguments: [
            ("/foo", ["bar", "baz"]), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/c%d", 2), ("/e^f", 3),
            ("/g|h", 4),
            ("/i\\j", 5), ("/k\"l", 6), ("/ ", 7), ("/m~0n", 8),
        ] as [(String, JSONValue)])
    func findsWhatTheStandardSays(text: String, expected: JSONValue) throws {
        let root = try JSONValue.parse(Self.document)
        let pointer = try JSONPointer(text)
        #expect(try pointer.evaluate(in: root) == expected)
        #expect(pointer.value(in: root) == expected)
        #expect(pointer.description == text)
    }

    @Test func theEmptyPointerIsTheWhole() throws {
        let root = try JSONValue.parse(Self.document)
        #expect(try JSONPointer("").evaluate(in: root) == root)
    }

    @Test(arguments: [
        ("/foo/2", "the array at '/foo' has 2 elements, so none at index 2"),
        ("/foo/-", "'-' names the element after the last, and there is none at '/foo'"),
        ("/foo/01", "'01' is no index of the array at '/foo'"),
        ("/nope/x", "there is no member 'nope' at the top"),
        ("/foo/0/x", "'/foo/0' is of type string and has no member 'x'"),
        ("/foo/99999999999999999999", "'99999999999999999999' is no index of the array at '/foo'"),
    ])
    func saysWhereAPathBreaks(text: String, message: String) throws {
        let root = try JSONValue.parse(Self.document)
        let error = #expect(throws: JSONPointerError.self) { try JSONPointer(text).evaluate(in: root) }
        #expect(error?.message == message)
        #expect(try JSONPointer(text).value(in: root) == nil)
    }

    @Test(arguments: [
        ("answer", "a JSON Pointer begins with '/': write '/answer' for 'answer'"),
        ("/a~b", "'~' in 'a~b' must be '~0' (for '~') or '~1' (for '/')"),
        ("/a~", "'~' in 'a~' must be '~0' (for '~') or '~1' (for '/')"),
    ])
    func refusesWhatIsNoPointer(text: String, message: String) {
        let error = #expect(throws: JSONPointerError.self) { try JSONPointer(text) }
        #expect(error?.message == message)
    }

    @Test func stepsAreAppendedEscaped() {
        #expect(JSONPointer.root.appending("a/b").appending(3).appending("~").description == "/a~1b/3/~0")
    }
}
