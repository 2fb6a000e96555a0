import Domain
import Revisions
import Testing

@Suite struct PathTests {
    @Test(arguments: [
        ("a/b.yaml", "/w", "/w/a/b.yaml"), ("./a//b/../c", "/w", "/w/a/c"), ("../../../x", "/w/y", "/x"),
        ("/etc/./x", "/w", "/etc/x"), ("", "/w", "/w"),
    ])
    func aPathIsMadeAbsoluteAsItIsWritten(path: String, folder: String, whole: String) {
        #expect(Paths.absolute(path, from: folder) == whole)
    }

    @Test(arguments: [
        ("/w/a", "/w", true), ("/w", "/w", true), ("/wide", "/w", false), ("/a", "/", true),
    ])
    func insideIsAFolderNotAPrefix(path: String, folder: String, isInside: Bool) {
        #expect(Paths.isInside(path, folder) == isInside)
    }

    @Test(arguments: [
        ("main", false), ("origin/main", false), ("release/v1.yaml", false), ("/etc/sluice.yaml", true),
        ("./x", true), ("../x", true), (".x", false),
    ])
    func aFileIsToldByHowItIsWritten(words: String, isFile: Bool) {
        #expect(TrustedTree.isFile(words) == isFile)
    }

    @Test func aProgramIsLookedUpOutsideTheTreeAlone() throws {
        let found = try ProgramFile.resolve("sh", in: "/", outside: "/nowhere", path: ".:/usr/bin:/bin")
        #expect(found == "/usr/bin/sh" || found == "/bin/sh")
        #expect(throws: ProgramFile.Problem.self) {
            try ProgramFile.resolve("sh", in: "/", outside: "/usr", path: "bin:.::/usr/bin")
        }
        #expect(throws: ProgramFile.Problem.self) {
            try ProgramFile.resolve("./sh", in: "/etc", outside: nil, path: "/bin")
        }
    }
}
