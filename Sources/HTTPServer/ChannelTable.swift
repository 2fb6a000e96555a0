/// Names a channel; the generation keeps events of a closed descriptor from its successor.
struct ChannelID: Hashable, Sendable {
    let raw: UInt64
    init(raw: UInt64) { self.raw = raw }
    init(slot: Int, generation: UInt32) { raw = UInt64(generation) << 32 | UInt64(slot) }
    var slot: Int { Int(raw & 0xFFFF_FFFF) }
    var generation: UInt32 { UInt32(raw >> 32) }
}

/// The channels of a loop, by slot.
struct ChannelTable {
    private var slots: [(generation: UInt32, channel: Channel?)] = []
    private var free: [Int] = []

    subscript(id: ChannelID) -> Channel? {
        guard id.slot < slots.count, slots[id.slot].generation == id.generation else { return nil }
        return slots[id.slot].channel
    }

    mutating func insert(_ descriptor: Int32, on loop: EventLoop) -> Channel {
        let slot = free.popLast() ?? slots.count
        if slot == slots.count { slots.append((0, nil)) }
        // Never all ones: that is the loop's own event.
        slots[slot].generation = (slots[slot].generation &+ 1) & 0x7FFF_FFFF
        let channel = Channel(
            descriptor, id: ChannelID(slot: slot, generation: slots[slot].generation), loop: loop)
        slots[slot].channel = channel
        return channel
    }

    mutating func remove(_ id: ChannelID) {
        guard self[id] != nil else { return }
        slots[id.slot].channel = nil
        free.append(id.slot)
    }

    func each(_ body: (Channel) -> Void) {
        for slot in slots { if let channel = slot.channel { body(channel) } }
    }
}
