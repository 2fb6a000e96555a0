let sequenceEntries: [StatisticEntry] = []
