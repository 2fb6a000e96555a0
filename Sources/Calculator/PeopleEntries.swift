let peopleEntries: [StatisticEntry] = []
