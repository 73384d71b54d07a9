"""The names that SQLAlchemy's documentation tells programs to import, by module; and those that Holdfast means not to have."""

NAMES = {
    "": """ARRAY BIGINT BINARY BLANK_SCHEMA BLOB BOOLEAN BigInteger Boolean CHAR CLOB CTE CheckConstraint Column ColumnDefault
        ColumnElement ColumnExpressionArgument Computed Connection Constraint CursorResult DATE DATETIME DDL DECIMAL DOUBLE
        DOUBLE_PRECISION Date DateTime DefaultClause Delete Dialect Double Engine Enum Executable Exists FLOAT FetchedValue
        Float ForeignKey ForeignKeyConstraint FromClause FrozenResult Function FunctionElement INT INTEGER Identity Index
        Insert Integer Interval JSON LABEL_STYLE_DEFAULT LABEL_STYLE_DISAMBIGUATE_ONLY LABEL_STYLE_NONE
        LABEL_STYLE_TABLENAME_PLUS_COL Label LargeBinary MappingResult MetaData NCHAR NUMERIC NVARCHAR NotNullable Nullable
        NullPool Numeric PickleType Pool PoolProxiedConnection PrimaryKeyConstraint QueuePool REAL Result Row RowMapping
        SMALLINT SQLColumnExpression ScalarResult ScalarSelect Select Selectable SelectBase Sequence SingletonThreadPool
        SmallInteger StaticPool String Subquery TEXT TIME TIMESTAMP Table TableClause Text TextClause TextualSelect Time
        Transaction TypeDecorator URL UUID UnaryExpression Unicode UnicodeText UniqueConstraint Update Uuid
        VARBINARY VARCHAR Values WithinGroup __version__ aggregate_order_by alias all_ and_ any_ asc between bindparam
        bitwise_not case cast collate column create_engine create_mock_engine create_pool_from_url cte custom_op delete desc
        distinct engine_from_config event except_ except_all exc exists extract false from_dml_column func funcfilter insert
        insert_sentinel inspect intersect intersect_all join label lambda_stmt lateral literal literal_column make_url not_
        null nulls_first nulls_last nullsfirst nullslast or_ outerjoin outparam over pool quoted_name schema select sql table
        tablesample text true try_cast tstring tuple_ type_coerce types union union_all update values within_group""",
    "future": "Connection Engine create_engine select",
    "sql.expression": """AggregateOrderBy Alias AliasedReturnsRows BinaryExpression BindParameter CTE Case Cast ClauseElement
        ClauseList ColumnClause ColumnCollection ColumnElement ColumnExpressionArgument ColumnOperators CompoundSelect Delete
        Executable ExecutableStatement Exists ExpressionClauseList Extract False_ FrameClause FrameClauseType FromClause
        FunctionFilter GenerativeSelect HasCTE HasPrefixes HasSuffixes Insert Join LABEL_STYLE_DEFAULT
        LABEL_STYLE_DISAMBIGUATE_ONLY LABEL_STYLE_NONE LABEL_STYLE_TABLENAME_PLUS_COL Label Lateral Null Operators Over
        ReturnsRows SQLColumnExpression ScalarSelect Select SelectBase SelectLabelStyle Selectable Subquery TString
        TableClause TableSample TableValuedAlias TextClause TextualSelect True_ TryCast Tuple TypeCoerce UnaryExpression
        Update UpdateBase Values ValuesBase WithinGroup alias all_ and_ any_ asc between bindparam bitwise_not case cast
        collate column cte delete desc distinct except_ except_all exists extract false from_dml_column func funcfilter
        insert intersect intersect_all join label lambda_stmt lateral literal literal_column not_ null nulls_first nulls_last
        nullsfirst nullslast or_ outerjoin outparam over quoted_name select table tablesample text true try_cast tstring
        tuple_ type_coerce union union_all update values within_group""",
    "sql": "ClauseElement ColumnElement Select expression func functions operators select sqltypes text visitors",
    "sql.functions": """AnsiFunction Function FunctionElement GenericFunction ReturnTypeFromArgs ScalarFunctionColumn
        aggregate_strings array_agg char_length coalesce concat count cube cume_dist current_date current_time
        current_timestamp current_user dense_rank func grouping_sets localtime localtimestamp max min mode next_value now
        percent_rank percentile_cont percentile_disc pow random rank register_function rollup session_user sum sysdate
        user""",
    "sql.operators": """ColumnOperators Operators add and_ asc_op between_op bitwise_and_op bitwise_or_op bitwise_xor_op collate concat_op
        contains_op custom_op desc_op distinct_op endswith_op eq exists ge getitem gt icontains_op iendswith_op ilike_op
        in_op inv is_ is_comparison is_distinct_from is_not is_not_distinct_from istartswith_op json_getitem_op
        json_path_getitem_op le like_op lt match_op mod mul ne neg not_between_op not_ilike_op not_in_op not_like_op
        nulls_first_op nulls_last_op or_ regexp_match_op regexp_replace_op startswith_op sub truediv""",
    "sql.visitors": """CloningVisitor ClauseVisitor ExternalTraversal ReplacingCloningVisitor Visitable cloned_traverse iterate
        replacement_traverse traverse traverse_using""",
    "sql.compiler": """Compiled DDLCompiler GenericTypeCompiler IdentifierPreparer SQLCompiler StrSQLCompiler TypeCompiler""",
    "sql.base": "ColumnCollection Executable HasSyntaxExtensions ReadOnlyColumnCollection SyntaxExtension",
    "sql.elements": """BinaryExpression BindParameter BooleanClauseList Case Cast ClauseElement ClauseList ColumnClause
        ColumnElement Extract False_ FunctionFilter Grouping Label Null Over TextClause True_ Tuple TypeCoerce
        UnaryExpression WithinGroup and_ conv literal literal_column or_ quoted_name""",
    "sql.sqltypes": """ARRAY BigInteger Boolean Concatenable Date DateTime Enum Float Indexable Integer Interval JSON
        LargeBinary MatchType NULLTYPE NullType Numeric PickleType SchemaType SmallInteger String Text Time TupleType
        Unicode UnicodeText Uuid VARCHAR""",
    "sql.selectable": """Alias CTE CompoundSelect Exists FromClause GenerativeSelect HasPrefixes HasSuffixes Join Lateral
        ReturnsRows ScalarSelect Select SelectBase SelectLabelStyle Selectable Subquery TableClause TableSample
        TableValuedAlias TextualSelect TypedReturnsRows Values""",
    "sql.dml": "Delete Insert ReturningDelete ReturningInsert ReturningUpdate Update UpdateBase ValuesBase",
    "sql.type_api": "ExternalType TypeDecorator TypeEngine UserDefinedType Variant to_instance",
    "sql.schema": """BLANK_SCHEMA CheckConstraint Column Computed Constraint DefaultClause FetchedValue ForeignKey Identity
        Index MetaData SchemaItem Sequence Table UniqueConstraint""",
    "sql.ddl": "AddConstraint CreateColumn CreateIndex CreateTable DDL DDLElement DropTable sort_tables",
    "schema": """AddConstraint BLANK_SCHEMA BaseDDLElement CheckConstraint CheckFirst Column ColumnCollectionConstraint
        ColumnDefault Computed Constraint CreateColumn CreateIndex CreateSchema CreateSequence CreateTable CreateTableAs
        CreateView DDL DDLElement DefaultClause DefaultGenerator DropColumnComment DropConstraint DropConstraintComment
        DropIndex DropSchema DropSequence DropTable DropTableComment DropView ExecutableDDLElement FetchedValue ForeignKey
        ForeignKeyConstraint Identity Index MetaData PrimaryKeyConstraint SchemaItem Sequence SetColumnComment
        SetConstraintComment SetTableComment Table UniqueConstraint conv insert_sentinel sort_tables
        sort_tables_and_constraints""",
    "types": """ARRAY BIGINT BINARY BLOB BOOLEAN BigInteger Boolean CHAR CLOB Concatenable DATE DATETIME DECIMAL DOUBLE
        DOUBLE_PRECISION Date DateTime Double Enum ExternalType FLOAT Float INT INTEGER Indexable Integer Interval JSON
        LargeBinary MatchType NCHAR NULLTYPE NUMERIC NVARCHAR NullType Numeric PickleType REAL SMALLINT SchemaType
        SmallInteger String TEXT TIME TIMESTAMP Text Time TupleType TypeDecorator TypeEngine UUID Unicode UnicodeText
        UserDefinedType Uuid VARBINARY VARCHAR Variant to_instance""",
    "engine": """AdaptedConnection BindTyping ChunkedIteratorResult Compiled Connectable Connection CreateEnginePlugin CursorResult Dialect
        Engine ExceptionContext ExecutionContext FilterResult FrozenResult Inspector IteratorResult MappingResult MergedResult
        NestedTransaction ObjectKind ObjectScope Result ResultProxy RootTransaction Row RowMapping ScalarResult Transaction TupleResult
        TwoPhaseTransaction TypeCompiler URL create_engine create_mock_engine create_pool_from_url engine_from_config make_url
        result_tuple""",
    "engine.interfaces": """AdaptedConnection BindTyping Compiled CreateEnginePlugin DBAPIConnection DBAPICursor DBAPIType
        Dialect ExceptionContext ExecutionContext ReflectedCheckConstraint ReflectedColumn ReflectedComputed
        ReflectedForeignKeyConstraint ReflectedIdentity ReflectedIndex ReflectedPrimaryKeyConstraint ReflectedTableComment
        ReflectedUniqueConstraint TypeCompiler""",
    "engine.default": "DefaultDialect DefaultExecutionContext",
    "engine.base": "Connection Engine NestedTransaction RootTransaction Transaction TwoPhaseTransaction",
    "engine.cursor": "CursorResult",
    "engine.reflection": "Inspector ObjectKind ObjectScope",
    "engine.result": """ChunkedIteratorResult FilterResult FrozenResult IteratorResult MappingResult MergedResult Result
        ScalarResult TupleResult result_tuple""",
    "engine.row": "Row RowMapping",
    "engine.url": "URL make_url",
    "pool": """AssertionPool AsyncAdaptedQueuePool ConnectionPoolEntry ManagesConnection NullPool Pool PoolProxiedConnection
        PoolResetState QueuePool SingletonThreadPool StaticPool""",
    "event": "contains listen listens_for remove",
    "inspection": "inspect",
    "dialects": "plugins registry",
    "dialects.postgresql.base": "ENUM INET PGDDLCompiler PGDialect PGInspector UUID ischema_names",
    "dialects.postgresql.array": "ARRAY All Any array",
    "dialects.postgresql.asyncpg": "PGDialect_asyncpg dialect",
    "dialects.postgresql.dml": "Insert insert",
    "dialects.postgresql.ext": "ExcludeConstraint aggregate_order_by array_agg to_tsvector",
    "dialects.postgresql.hstore": "HSTORE hstore",
    "dialects.postgresql.json": "JSON JSONB JSONPATH",
    "dialects.postgresql.psycopg": "PGDialectAsync_psycopg PGDialect_psycopg dialect",
    "dialects.postgresql.psycopg2": "PGDialect_psycopg2 dialect",
    "dialects.postgresql.ranges": "DATERANGE INT4RANGE MultiRange Range TSTZRANGE",
    "dialects.mysql.base": "LONGTEXT MySQLDDLCompiler MySQLDialect TINYINT ischema_names",
    "dialects.mysql.dml": "Insert insert",
    "dialects.mysql.enumerated": "ENUM SET",
    "dialects.mysql.expression": "match",
    "dialects.mysql.json": "JSON",
    "dialects.mysql.mariadb": "MariaDBDialect",
    "dialects.mysql.mysqldb": "MySQLDialect_mysqldb dialect",
    "dialects.mysql.pymysql": "MySQLDialect_pymysql dialect",
    "dialects.mysql.types": "BIGINT DOUBLE LONGTEXT MEDIUMINT MEDIUMTEXT TINYINT YEAR",
    "dialects.sqlite.base": "DATE DATETIME SQLiteDDLCompiler SQLiteDialect TIME ischema_names",
    "dialects.sqlite.dml": "Insert insert",
    "dialects.sqlite.json": "JSON",
    "dialects.sqlite.pysqlite": "SQLiteDialect_pysqlite dialect",
    "ext.compiler": "compiles deregister",
}
"""Module below the library -> names."""

NOT_HERE = {
    "CacheKey": "keys of statements are inside: nothing of a program's can be put under one",
    "ConnectionEvents, DialectEvents, PoolEvents, DDLEvents": "events are known by their names; docs/reference/events.md",
    "LambdaElement, StatementLambdaElement": "lambda_stmt() gives the statement itself",
    "HasCacheKey, HasCopyInternals, InternalTraversal": "elements know their structure; nothing of it has to be declared",
    "DialectKWArgs": "argument_for() and dialect_kwargs are methods of what has them",
}
"""Documented names that are meant to be missing, with the reason."""
