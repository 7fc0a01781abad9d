using System;
using System.Collections.Generic;
using Microsoft.SqlServer.TransactSql.ScriptDom;

// Parses the batches of standard input as SQL Server 2016 does, and prints a line for each error.
static class ParseTsql
{
    static void Main()
    {
        IList<ParseError> errors;
        new TSql130Parser(true).Parse(Console.In, out errors);
        foreach (var error in errors)
            Console.WriteLine("{0}: {1} {2}", error.Line, error.Number, error.Message);
    }
}
