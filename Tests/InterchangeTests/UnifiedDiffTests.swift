import Interchange
import Testing

@Suite struct UnifiedDiffTests {
    // As `git diff` (2.39) wrote it for a changed, a new and a removed file.
    let text = """
        diff --git a/prompts/answer.md b/prompts/answer.md
        index 3b18e51..5f2a1c9 100644
        --- a/prompts/answer.md
        +++ b/prompts/answer.md
        @@ -1,3 +1,4 @@
         You answer from the documents.
        --- be brief
        +Be brief.
        +Cite.
         End.
        @@ -9 +10,2 @@
         x
        +++ y
        diff --git a/new.txt b/new.txt
        new file mode 100644
        --- /dev/null
        +++ b/new.txt
        @@ -0,0 +1 @@
        +hello
        \\ No newline at end of file
        diff --git a/old.txt b/old.txt
        deleted file mode 100644
        --- a/old.txt
        +++ /dev/null
        @@ -1,2 +0,0 @@
        -a
        -b
        """

    @Test func filesAndLinesAreCountedAsGitCountsThem() {
        // `git diff --numstat` of the same change.
        #expect(
            UnifiedDiff(text).files == [
                UnifiedDiff.File(path: "prompts/answer.md", added: 3, removed: 1),
                UnifiedDiff.File(path: "new.txt", added: 1, removed: 0),
                UnifiedDiff.File(path: "old.txt", added: 0, removed: 2),
            ])
        #expect(UnifiedDiff(text).files[0].summary == "prompts/answer.md +3 −1 lines")
    }

    @Test(arguments: [
        "", "hello", "@@ -1 +1 @@\n+x", "--- a/x\n+++ b/x\n@@ garbage",
        "--- \n+++ \n@@ -9999999999999999999 +1 @@\n+",
    ])
    func whatIsNoDiffDoesNoHarm(_ text: String) {
        for file in UnifiedDiff(text).files { #expect(file.added <= 1 && file.removed == 0) }
    }
}
