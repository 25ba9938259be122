return await W0rktree.Silo.Commands.CommandLine.RunAsync(args);
