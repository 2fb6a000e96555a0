/// Memory that connections of a loop use by turns: those that wait hold none of their own.
///
/// It belongs to its loop's thread.
final class BufferPool {
    private static let most = 32
    private let arrays: UnsafeMutablePointer<[UInt8]>
    private var arrayCount = 0
    private let blocks: UnsafeMutablePointer<UnsafeMutableRawPointer>
    private var blockCount = 0

    init() {
        arrays = .allocate(capacity: Self.most)
        blocks = .allocate(capacity: Self.most)
    }

    deinit {
        arrays.deinitialize(count: arrayCount)
        arrays.deallocate()
        for index in 0..<blockCount { blocks[index].deallocate() }
        blocks.deallocate()
    }

    func take() -> [UInt8] {
        guard arrayCount > 0 else { return [] }
        arrayCount -= 1
        return (arrays + arrayCount).move()
    }

    /// - Parameter array: An empty one.
    func give(_ array: consuming [UInt8]) {
        guard 1...16_384 ~= array.capacity, arrayCount < Self.most else { return }
        (arrays + arrayCount).initialize(to: array)
        arrayCount += 1
    }

    func takeBlock() -> UnsafeMutableRawPointer {
        guard blockCount > 0 else { return .allocate(byteCount: EventLoop.blockBytes, alignment: 16) }
        blockCount -= 1
        return blocks[blockCount]
    }

    func giveBlock(_ block: UnsafeMutableRawPointer) {
        guard blockCount < Self.most else { return block.deallocate() }
        blocks[blockCount] = block
        blockCount += 1
    }
}
