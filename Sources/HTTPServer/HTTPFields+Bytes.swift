extension HTTPFields {
    /// Calls `body` with each field's name and value as they lie, without copying; in order, duplicates among them.
    public func withEachField(_ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Void) {
        wire.withUnsafeBufferPointer { wire in
            for entry in entries {
                body(
                    UnsafeBufferPointer(rebasing: wire[Int(entry.nameStart)..<Int(entry.nameEnd)]),
                    UnsafeBufferPointer(rebasing: wire[Int(entry.valueStart)..<Int(entry.valueEnd)]))
            }
        }
    }

    /// All fields in wire form: `Name: value` CR LF each.
    public var bytes: [UInt8] { wire }
}
